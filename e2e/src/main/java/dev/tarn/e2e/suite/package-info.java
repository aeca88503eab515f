/** The suites themselves, one class each, with their cases. */
@NullMarked
package dev.tarn.e2e.suite;

import org.jspecify.annotations.NullMarked;
