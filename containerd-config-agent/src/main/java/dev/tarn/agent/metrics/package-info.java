/** The agent's figures, in Prometheus' text format. */
@NullMarked
package dev.tarn.agent.metrics;

import org.jspecify.annotations.NullMarked;
