/**
 * Small records about names on this node's disk: the one place that knows the disk layout of what
 * is known, as opposed to content. Depends on name and digest.
 */
@NullMarked
package dev.tarn.core.catalog;

import org.jspecify.annotations.NullMarked;
