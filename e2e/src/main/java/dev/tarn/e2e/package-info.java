/** The end-to-end suites: what e2e/run starts, and their list. */
@NullMarked
package dev.tarn.e2e;

import org.jspecify.annotations.NullMarked;
