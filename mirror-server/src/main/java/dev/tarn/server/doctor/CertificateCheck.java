package dev.tarn.server.doctor;

import dev.tarn.server.config.Configuration;
import dev.tarn.server.config.NodeName;
import dev.tarn.server.config.PeersConfiguration;
import dev.tarn.server.console.Quantity;
import dev.tarn.server.peer.tls.IdentityFiles;
import dev.tarn.server.peer.tls.PeerTls;
import dev.tarn.server.pki.Pem;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Whether certificates are good, and for how long: this node's for its peers, tried as the node
 * itself tries it, and the authorities that upstreams are believed by.
 */
final class CertificateCheck {
  private static final String CERTIFICATE = "certificate";
  private static final String EXPIRING = "certificate-expiring";
  private static final Duration HANDSHAKE_TIMEOUT = Duration.ofSeconds(5);

  /** A certificate that is renewed in time never has less of its life left than this part. */
  private static final int SHORT_PART = 6;

  private final Scene scene;
  private final List<Finding> findings;

  CertificateCheck(Scene scene, List<Finding> findings) {
    this.scene = scene;
    this.findings = findings;
  }

  /** This node's identity among its peers, where it can be used. */
  Optional<PeerTls> run() {
    Configuration configuration = scene.configuration();
    Optional<PeerTls> identity =
        configuration.peers().tls().flatMap(tls -> peers(configuration.peers(), tls));
    Set<Path> authorities = new LinkedHashSet<>();
    configuration.upstream().ca().ifPresent(authorities::add);
    configuration
        .registries()
        .forEach(
            (host, registry) ->
                registry
                    .upstreamsOf(host)
                    .forEach(upstream -> upstream.ca().ifPresent(authorities::add)));
    authorities.forEach(this::authorities);
    return identity;
  }

  private Optional<PeerTls> peers(PeersConfiguration peers, PeersConfiguration.Tls tls) {
    List<String> rejected = new ArrayList<>();
    PeerTls identity =
        new PeerTls(
            new IdentityFiles(tls.certificate(), tls.key(), tls.ca()),
            NodeName.of(peers, scene.environment()),
            HANDSHAKE_TIMEOUT,
            Runnable::run,
            new PeerTls.Listener() {
              @Override
              public void identityLoaded(Instant validUntil) {}

              @Override
              public void identityRejected(String why) {
                rejected.add(why);
              }
            });
    Optional<Instant> until = identity.validUntil();
    int before = findings.size();
    lifetimes("peers.tls.certificate", tls.certificate(), Severity.TROUBLE);
    if (!rejected.isEmpty() && findings.size() == before) {
      findings.add(
          Finding.trouble(
              CERTIFICATE,
              "This node's certificate for its peers cannot be used: it fetches alone.",
              rejected.getFirst() + ".",
              "Put a certificate, its key and the authority where peers.tls names them; they are"
                  + " read again within seconds. docs/configuration.md, \"Peer certificates\"."));
    }
    if (rejected.isEmpty() && until.isPresent() && findings.size() == before) {
      findings.add(
          Finding.fine(
              CERTIFICATE,
              "This node's certificate for its peers is good until " + until.get() + "."));
    }
    return until.map(_ -> identity);
  }

  private void authorities(Path file) {
    lifetimes("the authorities that upstreams are believed by,", file, Severity.ATTENTION);
  }

  /** What has ended, or is about to. A file with one that is good for long is good. */
  private void lifetimes(String what, Path file, Severity ended) {
    Instant now = scene.clock().instant();
    try {
      X509Certificate first = best(Pem.certificates(file));
      Instant from = first.getNotBefore().toInstant();
      Instant until = first.getNotAfter().toInstant();
      String seen = file + ": from " + from + " to " + until + ", and it is " + now + ".";
      String fix =
          "Have it renewed by whoever issued it (tarn certificates, cert-manager, or by hand).";
      if (now.isBefore(from)) {
        findings.add(
            new Finding(
                ended,
                CERTIFICATE,
                "",
                what + " is not valid yet.",
                seen,
                "Have this node's clock set right, or wait."));
      } else if (!now.isBefore(until)) {
        findings.add(new Finding(ended, EXPIRING, "", what + " has expired.", seen, fix));
      } else if (Duration.between(now, until)
              .compareTo(Duration.between(from, until).dividedBy(SHORT_PART))
          < 0) {
        findings.add(
            Finding.attention(
                EXPIRING,
                what + " expires in " + Quantity.time(Duration.between(now, until)) + ".",
                seen,
                fix));
      }
    } catch (IOException | GeneralSecurityException e) {
      findings.add(
          new Finding(
              ended,
              CERTIFICATE,
              "",
              what + " cannot be read.",
              file + ": " + e.getMessage() + ".",
              "Put certificates in PEM there, readable for the user that the node runs as."));
    }
  }

  /** A chain begins with what counts; of authorities the one that lasts longest does. */
  private static X509Certificate best(List<X509Certificate> certificates) {
    X509Certificate best = certificates.getFirst();
    if (best.getBasicConstraints() < 0) {
      return best;
    }
    for (X509Certificate each : certificates) {
      if (each.getNotAfter().toInstant().isAfter(best.getNotAfter().toInstant())) {
        best = each;
      }
    }
    return best;
  }
}
