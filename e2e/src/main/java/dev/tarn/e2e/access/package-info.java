/**
 * Who may read what: registries that want a name and a password or a token, nodes that are peers,
 * and users with rights of their own, who ask as containerd does, or by containerd.
 */
@NullMarked
package dev.tarn.e2e.access;

import org.jspecify.annotations.NullMarked;
