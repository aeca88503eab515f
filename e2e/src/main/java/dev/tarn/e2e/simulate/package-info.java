/**
 * The server's own {@link dev.tarn.core.planner.Planner}, by the thousand, under a model of a
 * network: what a wave of pulls takes at a scale that no test bed has.
 *
 * <pre>
 *   Scenario ─▶ Simulation ──┬─ SimNode: a Planner, a Stock for each blob, its part in Transfers
 *                            ├─ Agenda: messages on their way, in order of time
 *                            ├─ Links: who gets how many bytes in a step of time, max-min fair
 *                            └─ Tally ─▶ Outcome
 * </pre>
 *
 * <p>One thread, no clock but its own, no randomness but from the seed. Depends on mirror-core's
 * planner, placement, name, digest and range alone, besides on how suites are run.
 */
@NullMarked
package dev.tarn.e2e.simulate;

import org.jspecify.annotations.NullMarked;
