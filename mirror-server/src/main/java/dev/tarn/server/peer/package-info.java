/**
 * The transport between nodes: the endpoint that others ask, and the client that asks them. It
 * carries the planner's messages and chunks, and decides nothing.
 *
 * <pre>
 *   other node ──▶ PeerEndpoint ── PeerHandler ──▶ PeerService (the planner's loop)
 *                                      └─ ChunkWriter ◀── ChunkBody (a file that may still grow)
 *   the planner's loop ──▶ PeerClient ── PeerPool ── PeerLink ──▶ other node
 *                                           └─ ChunkReceiver ◀── FetchStream
 * </pre>
 *
 * <p>Event loops parse and write and never wait; what a chunk's receiver does runs on a thread that
 * may block. Knows the planner's message records, digests, members and event loops; never a store,
 * the mirror, or configuration.
 */
@NullMarked
package dev.tarn.server.peer;

import org.jspecify.annotations.NullMarked;
