/**
 * What an operator can set: one YAML file and the environment, bound to records that cannot hold an
 * invalid value. Read once at start, on the main thread. Depends on core.name alone; everything
 * else may read it, and nothing but the command line loads it.
 */
@NullMarked
package dev.tarn.server.config;

import org.jspecify.annotations.NullMarked;
