/**
 * The containerd-config-agent on nodes of every kind: real containerds of every minor version with
 * every way of being configured, with hosts.toml files that were there before. A case says what
 * stood there, lets the agent do its work, pulls, and wants everything back.
 */
@NullMarked
package dev.tarn.e2e.agent;

import org.jspecify.annotations.NullMarked;
