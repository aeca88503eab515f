/**
 * Which trace a client's request belongs to, by the client's word. Read from a header at the
 * registry endpoint, shown among the metrics; nothing else is done with it. Knows nobody.
 */
@NullMarked
package dev.tarn.server.trace;

import org.jspecify.annotations.NullMarked;
