/**
 * How a blob gets to all nodes that want it, decided by a pure state machine: {@link
 * dev.tarn.core.planner.Event}s in, {@link dev.tarn.core.planner.Action}s out.
 *
 * <pre>
 *   Event ──▶ Planner ──┬─ Participant: what this node wants ── BlobFetch ── ChunkFetch
 *                       ├─ Directory: what this node is home of ── BlobBook ── ChunkBook
 *                       ├─ Uploads: what this node gives
 *                       └─ Announcer: what this node holds
 *   Action ◀── Kernel (time, timers, randomness, questions under way, health of peers)
 * </pre>
 *
 * <p>No threads, no input or output, no clock and no randomness of its own, no iteration in an
 * order that differs between runs: the same events and seed give the same actions. Depends on
 * placement, name, digest and range.
 */
@NullMarked
package dev.tarn.core.planner;

import org.jspecify.annotations.NullMarked;
