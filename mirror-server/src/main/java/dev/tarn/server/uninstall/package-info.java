/**
 * Waits, after {@code helm uninstall}, until the pods that take everything back have done so on
 * every node, and says which nodes they did not reach. Run once by a process of its own, {@code
 * tarn await-uninstall}; no part of a node.
 */
@NullMarked
package dev.tarn.server.uninstall;

import org.jspecify.annotations.NullMarked;
