package dev.tarn.server.net;

import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslProvider;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What encrypts and decrypts in this process: BoringSSL where its native library loads, else the
 * JDK. Any thread; whoever asks first loads the library, which blocks for some milliseconds, so
 * that a node without TLS pays nothing for it. See docs/decisions/0011-tls-provider.md.
 */
public final class TlsLibrary {
  private static final Logger log = LoggerFactory.getLogger(TlsLibrary.class);

  private static final int MAX_CAUSES = 16;

  private TlsLibrary() {}

  /** The provider for every context; the same as long as this process lives. */
  public static SslProvider provider() {
    return Loaded.PROVIDER;
  }

  /**
   * What a failed handshake was about, in words: those of its innermost cause, as the outermost
   * says no more of BoringSSL than that there is a problem.
   */
  public static String reason(Throwable failure) {
    Throwable innermost = failure;
    for (int depth = 0; depth < MAX_CAUSES && innermost.getCause() != null; depth++) {
      innermost = innermost.getCause();
    }
    String message = innermost.getMessage();
    // A connection that ended has no words.
    return message == null ? innermost.getClass().getSimpleName() : message;
  }

  /** Initialized when the provider is first asked for. */
  private static final class Loaded {
    static final SslProvider PROVIDER = load();

    private static SslProvider load() {
      if (OpenSsl.isAvailable()) {
        log.atInfo().addKeyValue("library", OpenSsl.versionString()).log("tls_library_loaded");
        return SslProvider.OPENSSL;
      }
      log.atWarn()
          .addKeyValue("library", "JDK")
          .addKeyValue("reason", String.valueOf(OpenSsl.unavailabilityCause()))
          .log("tls_library_not_native");
      return SslProvider.JDK;
    }
  }
}
