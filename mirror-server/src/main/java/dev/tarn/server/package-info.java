/**
 * The process: {@link dev.tarn.server.Node} puts its parts together from a configuration. May
 * import everything; nothing but the command line and the demo imports it.
 */
@NullMarked
package dev.tarn.server;

import org.jspecify.annotations.NullMarked;
