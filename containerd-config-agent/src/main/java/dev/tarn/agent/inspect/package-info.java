/**
 * The command {@code inspect}: says what was found of containerd, what would be written and where,
 * and whether it takes effect. Changes nothing.
 */
@NullMarked
package dev.tarn.agent.inspect;

import org.jspecify.annotations.NullMarked;
