/** A real Prometheus that reads Tarns, for the suites that ask it. */
@NullMarked
package dev.tarn.e2e.prometheus;

import org.jspecify.annotations.NullMarked;
