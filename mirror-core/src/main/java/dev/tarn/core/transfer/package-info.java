/**
 * Content on its way: one transfer per digest, joined by any number of readers, written once,
 * hashed once. Depends on store, digest and range.
 */
@NullMarked
package dev.tarn.core.transfer;

import org.jspecify.annotations.NullMarked;
