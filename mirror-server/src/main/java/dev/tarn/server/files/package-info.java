/**
 * Files that others write while the node runs: read anew when they change, and made sense of
 * strictly. Nothing of what they hold is ever logged. Knows nobody.
 */
@NullMarked
package dev.tarn.server.files;

import org.jspecify.annotations.NullMarked;
