/**
 * What is counted. {@code MeterNames} names every meter and label; enums name every label's values,
 * so that no label can grow without bound. Others report events here; nothing here asks anybody,
 * except gauges that read a supplier when they are scraped. Depends on core.name, core.placement,
 * core.store and the words that the mirror has for sources and outcomes, and the membership for
 * states, and traces.
 */
@NullMarked
package dev.tarn.server.metrics;

import org.jspecify.annotations.NullMarked;
