/**
 * Mutual TLS between nodes: this node's certificate from files that may be renewed at any time, or
 * issued by the authority that they are, and what the other side's certificate says. Depends on
 * nothing of Tarn but the protocol's words, certificates, and which TLS library there is.
 *
 * <pre>
 *   files ── polled ──▶ PeerIdentity (self-checked) ──▶ PeerTls ──▶ handlers of new connections
 *                          └ an authority's: OwnIssue, again at two thirds of its life
 * </pre>
 */
@NullMarked
package dev.tarn.server.peer.tls;

import org.jspecify.annotations.NullMarked;
