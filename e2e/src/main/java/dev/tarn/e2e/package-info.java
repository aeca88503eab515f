/** Suites that drive real parts: containerd, registries, clients, networks. Never shipped. */
@NullMarked
package dev.tarn.e2e;

import org.jspecify.annotations.NullMarked;
