/** Proves that containerd comes to the mirror, by a pull that ends there. */
@NullMarked
package dev.tarn.agent.canary;

import org.jspecify.annotations.NullMarked;
