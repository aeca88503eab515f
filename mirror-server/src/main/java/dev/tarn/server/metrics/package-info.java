/**
 * What is counted. One class names every meter and label; enums name every label's values, so that
 * no label can grow without bound. Others report events here; nothing here asks anybody, except
 * gauges that read a supplier when they are scraped. Depends on core.name and core.store alone.
 */
@NullMarked
package dev.tarn.server.metrics;

import org.jspecify.annotations.NullMarked;
