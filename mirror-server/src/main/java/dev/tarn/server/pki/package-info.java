/**
 * Certificates and keys: read from PEM and written to it, made and signed. What is written is the
 * part of X.509 that an authority of nodes needs; what is read is left to the JDK. Pure but for the
 * files that are read; knows nothing else of Tarn.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc5280">RFC 5280, certificates</a>
 * @see <a href="https://www.rfc-editor.org/rfc/rfc7468">RFC 7468, PEM</a>
 */
@NullMarked
package dev.tarn.server.pki;

import org.jspecify.annotations.NullMarked;
