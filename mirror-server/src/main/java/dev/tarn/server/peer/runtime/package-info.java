/**
 * Runs a node's planner: one thread that turns events into actions, and what carries the actions
 * out.
 *
 * <pre>
 *   other nodes ──▶ PeerRuntime ──▶ PlannerLoop ── Planner
 *   this node's clients ──▶  │           │ actions
 *                            │           ├─ PeerClient: asks, fetches ──▶ Reception ─┐
 *                            │           └─ UpstreamSource ──▶ UpstreamRun ──────────┤
 *                            └─ serves ◀── Arrival: chunks of one blob ◀─────────────┘
 *                                              └─ BlobFile (the store's)
 * </pre>
 *
 * <p>The planner's thread never waits for a disk or a network. What is stored, and how upstream is
 * asked, is behind {@link dev.tarn.server.peer.runtime.BlobFiles} and {@link
 * dev.tarn.server.peer.runtime.UpstreamSource}.
 */
@NullMarked
package dev.tarn.server.peer.runtime;

import org.jspecify.annotations.NullMarked;
