/**
 * Mutual TLS between nodes: this node's certificate from files that may be renewed at any time, and
 * what the other side's certificate says. Depends on nothing of Tarn but the protocol's words and
 * which TLS library there is.
 *
 * <pre>
 *   files ── polled ──▶ PeerIdentity (self-checked) ──▶ PeerTls ──▶ handlers of new connections
 * </pre>
 */
@NullMarked
package dev.tarn.server.peer.tls;

import org.jspecify.annotations.NullMarked;
