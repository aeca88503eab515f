/** What the endpoints and clients of a node share of the network: event loops and channel types. */
@NullMarked
package dev.tarn.server.net;

import org.jspecify.annotations.NullMarked;
