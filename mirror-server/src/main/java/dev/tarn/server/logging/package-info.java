/**
 * Log events on their way out: a stable message with keys and values, as text or JSON, never
 * blocking who logs, never showing a secret. Everybody else logs through SLF4J and knows nothing of
 * this package, except for the access log. Logback is set up here in code: looking for an XML file
 * and reading it would cost start-up time.
 */
@NullMarked
package dev.tarn.server.logging;

import org.jspecify.annotations.NullMarked;
