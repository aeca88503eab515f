package dev.tarn.server.certificates;

import dev.tarn.server.pki.Authority;
import dev.tarn.server.pki.CertificateTemplate;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * How one authority follows another. Pure, but for the randomness that is given: what is next goes
 * by what there is and what time it is, so that it may be asked as often as one likes.
 *
 * <pre>
 *   none ──▶ signs ── two thirds of its life ──▶ signs, and the next is trusted
 *              ▲                                    │ overlap
 *              └── the old one ended: dropped ◀── the next signs, the old one is trusted
 * </pre>
 *
 * <p>A node's certificate ends no later than who issued it, so an authority that has ended is
 * missed by nobody.
 */
final class Succession {
  /** Nodes whose clocks are behind by less can use a new authority at once. */
  static final Duration BACKDATING = Duration.ofHours(1);

  private static final int NAME_BYTES = 4;

  private final Duration life;
  private final Duration overlap;
  private final SecureRandom random;

  /**
   * What is next.
   *
   * @param now what there is to be; the same as before where nothing is
   * @param changes what was done, in words; empty where nothing was
   * @param outlook what will be done, in words
   */
  record Step(Authorities now, List<String> changes, String outlook) {}

  /**
   * @param life how long an authority lasts
   * @param overlap for how long a new one is trusted, at least, before it signs
   */
  Succession(Duration life, Duration overlap, SecureRandom random) {
    this.life = life;
    this.overlap = overlap;
    this.random = random;
  }

  /** The first one. */
  Step begin(Instant now) throws GeneralSecurityException {
    Authority first = authority(now);
    Authorities begun = new Authorities(List.of(first.certificate()), first, Optional.empty());
    return new Step(begun, List.of("made " + name(first)), outlook(begun));
  }

  Step step(Authorities before, Instant now) throws GeneralSecurityException {
    List<String> changes = new ArrayList<>();
    Authority signing = before.signing();
    Optional<Authority> next = before.next().filter(each -> now.isBefore(each.notAfter()));
    List<X509Certificate> trusted = new ArrayList<>();
    for (X509Certificate each : before.trusted()) {
      if (now.isBefore(each.getNotAfter().toInstant())) {
        trusted.add(each);
      } else {
        changes.add("dropped " + name(each) + ", which has ended");
      }
    }
    if (!now.isBefore(signing.notAfter())) {
      signing = next.isPresent() ? next.get() : authority(now);
      next = Optional.empty();
      changes.add("had " + name(signing) + " sign at once, as the one before has ended");
    } else if (next.isPresent()) {
      if (!now.isBefore(trustedSince(next.get()).plus(overlap))) {
        signing = next.get();
        next = Optional.empty();
        changes.add("had " + name(signing) + " sign from now on");
      }
    } else if (!now.isBefore(successionAt(signing))) {
      next = Optional.of(authority(now));
      changes.add("had " + name(next.get()) + " trusted; it signs later");
    }
    List<X509Certificate> needed = new ArrayList<>(List.of(signing.certificate()));
    next.ifPresent(each -> needed.add(each.certificate()));
    for (X509Certificate each : needed) {
      if (!trusted.contains(each)) {
        trusted.add(each);
      }
    }
    if (changes.isEmpty() && trusted.size() > before.trusted().size()) {
      changes.add("trusted again who signs");
    }
    Authorities after = new Authorities(trusted, signing, next);
    return new Step(after, changes, outlook(after));
  }

  private String outlook(Authorities now) {
    return now.next()
        .map(next -> name(next) + " signs from " + trustedSince(next).plus(overlap) + " on")
        .orElseGet(
            () ->
                name(now.signing())
                    + " signs; the next one follows at "
                    + successionAt(now.signing()));
  }

  private static Instant successionAt(Authority signing) {
    Instant from = signing.certificate().getNotBefore().toInstant();
    return from.plus(Duration.between(from, signing.notAfter()).multipliedBy(2).dividedBy(3));
  }

  private static Instant trustedSince(Authority next) {
    return next.certificate().getNotBefore().toInstant().plus(BACKDATING);
  }

  /** Each with a name of its own, by which nobody takes one for the other. */
  private Authority authority(Instant now) throws GeneralSecurityException {
    byte[] name = new byte[NAME_BYTES];
    random.nextBytes(name);
    return Authority.create(
        CertificateTemplate.commonName("Tarn peers " + HexFormat.of().formatHex(name)),
        now.minus(BACKDATING),
        now.plus(life),
        random);
  }

  private static String name(Authority authority) {
    return name(authority.certificate());
  }

  private static String name(X509Certificate certificate) {
    return "\""
        + certificate.getSubjectX500Principal().getName()
        + "\" (until "
        + certificate.getNotAfter().toInstant()
        + ")";
  }
}
