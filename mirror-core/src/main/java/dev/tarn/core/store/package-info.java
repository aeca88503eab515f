/**
 * Content on this node's disk: complete blobs, partial ones, the room they may take, eviction. The
 * one place that knows the disk layout of content. Depends on digest and range.
 */
@NullMarked
package dev.tarn.core.store;

import org.jspecify.annotations.NullMarked;
