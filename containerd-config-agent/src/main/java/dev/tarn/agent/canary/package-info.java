/**
 * Proves that containerd comes to the mirror, by a pull that ends there: a name in a reserved
 * domain, a {@code hosts.toml} for it that names the mirror and nobody else, a {@code PullImage}
 * over CRI, and the question whether the request arrived. Off by default, because it needs
 * containerd's socket.
 */
@NullMarked
package dev.tarn.agent.canary;

import org.jspecify.annotations.NullMarked;
