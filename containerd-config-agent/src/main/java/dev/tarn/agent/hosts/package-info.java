/**
 * What stands in a {@code hosts.toml}, and what it is with our entry. Text in, text out: no file is
 * touched here.
 */
@NullMarked
package dev.tarn.agent.hosts;

import org.jspecify.annotations.NullMarked;
