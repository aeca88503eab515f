/** Our entries under containerd's roots: put there, looked at, and taken back. */
@NullMarked
package dev.tarn.agent.tree;

import org.jspecify.annotations.NullMarked;
