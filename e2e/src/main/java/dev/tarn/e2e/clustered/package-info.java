/** What is tried in a real Kubernetes: the suite {@code cluster} and its cases. */
@NullMarked
package dev.tarn.e2e.clustered;

import org.jspecify.annotations.NullMarked;
