/**
 * Byte ranges as HTTP has them, and the fixed grid of chunks that content is cut on. Depends on
 * nothing.
 */
@NullMarked
package dev.tarn.core.range;

import org.jspecify.annotations.NullMarked;
