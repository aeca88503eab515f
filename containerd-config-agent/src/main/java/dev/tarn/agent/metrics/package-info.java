/** The agent's figures, in Prometheus' text format, and the endpoint that shows them. */
@NullMarked
package dev.tarn.agent.metrics;

import org.jspecify.annotations.NullMarked;
