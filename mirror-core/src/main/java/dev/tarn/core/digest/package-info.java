/** Content addresses: a digest, its algorithm, and how bytes are hashed. Depends on nothing. */
@NullMarked
package dev.tarn.core.digest;

import org.jspecify.annotations.NullMarked;
