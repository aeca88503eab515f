/**
 * A cluster on one machine: network namespaces that are joined by a bridge over links of limited
 * speed, a Tarn process in each, a registry behind a link of its own, and clients that pull as
 * containerd does. Everything is given back when it is closed.
 */
@NullMarked
package dev.tarn.e2e.cluster;

import org.jspecify.annotations.NullMarked;
