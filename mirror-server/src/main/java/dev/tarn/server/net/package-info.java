/**
 * What the endpoints and clients of a node share of the network: event loops, channel types and the
 * library that does TLS.
 */
@NullMarked
package dev.tarn.server.net;

import org.jspecify.annotations.NullMarked;
