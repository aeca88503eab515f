/** How anything here fails or waits. Depends on nothing. */
@NullMarked
package dev.tarn.e2e.check;

import org.jspecify.annotations.NullMarked;
