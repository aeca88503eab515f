/**
 * Which registry delivered which object under which repository: what a later request may be served
 * from disk for. Depends on name, digest, catalog and store.
 */
@NullMarked
package dev.tarn.core.proof;

import org.jspecify.annotations.NullMarked;
