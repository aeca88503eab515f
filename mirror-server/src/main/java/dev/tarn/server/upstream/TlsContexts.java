package dev.tarn.server.upstream;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.tarn.server.net.TlsLibrary;
import dev.tarn.server.net.TrustedAuthorities;
import dev.tarn.server.upstream.UpstreamAnswer.Reason;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What TLS connections are trusted by: the system's authorities, beside them those that all origins
 * have, and those of an origin. A file is read when it is first needed, and again after that failed
 * or the file changed; on any thread that may block.
 */
final class TlsContexts {
  /** Some more than any configuration has; a text that changed leaves its old one behind. */
  private static final int MAX_CONTEXTS = 256;

  private final Optional<Authorities> everywhere;
  private final Cache<Trust, SslContext> contexts =
      Caffeine.newBuilder().maximumSize(MAX_CONTEXTS).build();

  /** What is trusted beside the system's, as it was at one moment. */
  private record Trust(List<Authorities> added, List<List<Object>> states) {
    static Trust now(List<Authorities> added) throws IOException {
      List<List<Object>> states = new ArrayList<>(added.size());
      for (Authorities each : added) {
        states.add(each.state());
      }
      return new Trust(added, states);
    }
  }

  TlsContexts(Optional<Authorities> everywhere) {
    this.everywhere = everywhere;
  }

  SslContext forAuthorities(Optional<Authorities> ofOrigin) throws UpstreamException {
    List<Authorities> added = Stream.of(everywhere, ofOrigin).flatMap(Optional::stream).toList();
    try {
      Trust trust = Trust.now(added);
      SslContext known = contexts.getIfPresent(trust);
      if (known != null) {
        return known;
      }
      SslContext made = make(added);
      SslContext raced = contexts.asMap().putIfAbsent(trust, made);
      return raced == null ? made : raced;
    } catch (IOException | GeneralSecurityException e) {
      throw new UpstreamException(
          Reason.TLS,
          "no certificate authorities from "
              + added.stream().map(Authorities::toString).collect(Collectors.joining(" and ")),
          e);
    }
  }

  private static SslContext make(List<Authorities> added)
      throws IOException, GeneralSecurityException {
    SslContextBuilder builder = SslContextBuilder.forClient().sslProvider(TlsLibrary.provider());
    if (!added.isEmpty()) {
      builder.trustManager(TrustedAuthorities.with(certificates(added)));
    }
    return builder.endpointIdentificationAlgorithm("HTTPS").build();
  }

  private static List<Certificate> certificates(List<Authorities> added)
      throws IOException, GeneralSecurityException {
    List<Certificate> certificates = new ArrayList<>();
    for (Authorities each : added) {
      certificates.addAll(each.certificates());
    }
    return certificates;
  }
}
