/** What the agent is told to do. */
@NullMarked
package dev.tarn.agent.config;

import org.jspecify.annotations.NullMarked;
