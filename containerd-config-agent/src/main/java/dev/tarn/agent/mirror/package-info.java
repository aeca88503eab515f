/** The node's Tarn, seen from the agent: is it the one we know, is it well, who came to it. */
@NullMarked
package dev.tarn.agent.mirror;

import org.jspecify.annotations.NullMarked;
