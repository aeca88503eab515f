/**
 * How commands ask a node, and how they show what it says: small HTTP requests, the metrics' text
 * format, tables. Knows nothing of the rest of Tarn; blocks, on the main thread of a command.
 */
@NullMarked
package dev.tarn.server.console;

import org.jspecify.annotations.NullMarked;
