/**
 * What a suite is, how its cases are run one after another, and the line that tells the result.
 * Knows nothing of registries.
 */
@NullMarked
package dev.tarn.e2e.run;

import org.jspecify.annotations.NullMarked;
