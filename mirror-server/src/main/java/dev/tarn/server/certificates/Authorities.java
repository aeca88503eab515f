package dev.tarn.server.certificates;

import dev.tarn.server.pki.Authority;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;

/**
 * The authorities of an installation as of one moment: immutable.
 *
 * @param trusted whose certificates nodes accept
 * @param signing who issues nodes' certificates
 * @param next who will; nodes do not get its key before it is its turn
 */
record Authorities(List<X509Certificate> trusted, Authority signing, Optional<Authority> next) {
  Authorities {
    trusted = List.copyOf(trusted);
  }
}
