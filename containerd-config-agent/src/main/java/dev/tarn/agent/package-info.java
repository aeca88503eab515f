/**
 * The sidecar that points containerd at the node's mirror. It is the one process of Tarn with
 * rights on the host, and must stay small enough to be read: plain JDK, a TOML parser, a parser of
 * command lines, and the names of registries from the domain. What may import what is held by
 * LayeringTest.
 *
 * <ul>
 *   <li>{@code files}: the host's files, and how one is replaced so that a crash leaves the old or
 *       the new one.
 *   <li>{@code hosts}: what stands in a {@code hosts.toml}, and what it is with our entry. Pure.
 *   <li>{@code tree}: our entries under containerd's roots, put there and taken back.
 *   <li>{@code containerd}: what containerd's configuration says, and whether an entry takes
 *       effect.
 *   <li>{@code inspect}: says what was found, and what would be written.
 *   <li>{@code mirror}: the node's Tarn: is it the one we know, is it well, who came to it.
 *   <li>{@code follow}: keeps the entries where they should be, while the node and Tarn change.
 *   <li>{@code cri}: calls containerd's CRI socket.
 *   <li>{@code canary}, {@code taint}, {@code setup}: the parts that are off by default.
 * </ul>
 */
@NullMarked
package dev.tarn.agent;

import org.jspecify.annotations.NullMarked;
