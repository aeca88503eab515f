package dev.tarn.server.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.util.List;
import java.util.Locale;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;

/** Which library does TLS, and what is told of its failures. */
class TlsLibraryTest {
  private static String providerWith(String... options) throws IOException, InterruptedException {
    List<String> command = new java.util.ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(options));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Probe.class.getName()));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    List<String> lines = process.inputReader().lines().toList();
    assertThat(process.waitFor()).isZero();
    return lines.getLast();
  }

  /** Says in a process of its own what it gets. */
  static final class Probe {
    private Probe() {}

    public static void main(String[] arguments) {
      System.out.println(TlsLibrary.provider());
    }
  }

  @Test
  void theNativeLibraryIsTakenWhereThereIsOne() {
    assumeThat(System.getProperty("os.name").toLowerCase(Locale.ROOT)).contains("linux");
    assertThat(TlsLibrary.provider()).isEqualTo(SslProvider.OPENSSL);
  }

  @Test
  void theJdkStandsInWhereTheNativeLibraryCannotBeLoaded() throws Exception {
    assertThat(providerWith("-Dio.netty.native.workdir=/proc", "-Djava.io.tmpdir=/proc"))
        .isEqualTo("JDK");
  }

  @Test
  void theInnermostCauseSaysWhatAHandshakeFailedFor() {
    Exception failure = new SSLHandshakeException("General OpenSslEngine problem");
    failure.initCause(new CertificateException("expired", new IOException("NotAfter: 1970")));
    assertThat(TlsLibrary.reason(failure)).isEqualTo("NotAfter: 1970");
    assertThat(TlsLibrary.reason(new IOException())).isEqualTo("IOException");
  }
}
