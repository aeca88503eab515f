/**
 * What this node's containerd holds, as a second, read-only source of content: its {@code blobs}
 * directory is listed and watched, its files are hashed before they are served. Nothing is ever
 * written there. Depends on digest and on store's words for an open blob.
 */
@NullMarked
package dev.tarn.core.containerd;

import org.jspecify.annotations.NullMarked;
