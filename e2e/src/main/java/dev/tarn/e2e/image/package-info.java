/** Images made from a seed, and their way into a registry. */
@NullMarked
package dev.tarn.e2e.image;

import org.jspecify.annotations.NullMarked;
