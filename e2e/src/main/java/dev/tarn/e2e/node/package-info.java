/** The parts of a node, as real processes: Tarn, containerd, registries. */
@NullMarked
package dev.tarn.e2e.node;

import org.jspecify.annotations.NullMarked;
