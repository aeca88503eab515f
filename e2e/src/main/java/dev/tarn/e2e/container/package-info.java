/**
 * The container image as it is shipped: what it says of itself, what is in it, and both of its
 * programs out of it in a real containerd, with what a pod's security settings leave them.
 */
@NullMarked
package dev.tarn.e2e.container;

import org.jspecify.annotations.NullMarked;
