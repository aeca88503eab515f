/** How events are written, by Logback, without what it looks for at start. */
@NullMarked
package dev.tarn.agent.logging;

import org.jspecify.annotations.NullMarked;
