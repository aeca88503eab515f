/**
 * A cluster to which everything happens that happens to clusters, by a schedule that follows from a
 * seed, while clients pull; and what must hold whatever happens.
 */
@NullMarked
package dev.tarn.e2e.chaos;

import org.jspecify.annotations.NullMarked;
