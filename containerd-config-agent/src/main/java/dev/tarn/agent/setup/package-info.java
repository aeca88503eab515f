/**
 * Sets containerd's {@code config_path}: a command of its own, privileged, off by default. What is
 * to be changed is decided by what the host's own containerd makes of a candidate ({@code
 * containerd config dump}), before anything is replaced; and every step of the change is written
 * down first, so that the next run finishes it or takes it back.
 *
 * <p>{@code Planner} says what to change, {@code Procedure} changes it, {@code Journal} remembers
 * it, {@code Health} says whether containerd is well, and {@code HostCommands} is how anything is
 * run on the host.
 */
@NullMarked
package dev.tarn.agent.setup;

import org.jspecify.annotations.NullMarked;
