/**
 * This node's side of what it and the containerd-config-agent beside it tell each other; the other
 * side, and the words, are in {@code docs/decisions/0019-containerd-config-agent.md}. The agent
 * asks over the registry endpoint, and is known by a secret in a directory that the two share: who
 * has it not is told nothing. What it reports is kept for as long as it is fresh; the upstreams
 * that it found are followed. Knows no HTTP, no store and no mirror.
 */
@NullMarked
package dev.tarn.server.agent;

import org.jspecify.annotations.NullMarked;
