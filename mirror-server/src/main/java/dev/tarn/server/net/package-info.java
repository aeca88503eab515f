/**
 * What the endpoints and clients of a node share of the network: event loops, channel types, the
 * library that does TLS, and what a request may look like.
 */
@NullMarked
package dev.tarn.server.net;

import org.jspecify.annotations.NullMarked;
