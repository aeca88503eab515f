/**
 * What nodes say to each other, byte for byte: messages as JSON, the heads and tails of chunks. See
 * docs/decisions/0010-peer-protocol.md. No sockets and no threads; depends on the planner's message
 * records, which are the content, and on digest.
 */
@NullMarked
package dev.tarn.server.peer.wire;

import org.jspecify.annotations.NullMarked;
