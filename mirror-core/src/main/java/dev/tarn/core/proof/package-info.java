/**
 * Which registry delivered which object under which repository: what a later request may be served
 * from disk for. Depends on name and digest.
 */
@NullMarked
package dev.tarn.core.proof;

import org.jspecify.annotations.NullMarked;
