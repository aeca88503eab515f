/**
 * The sidecar that points containerd at the node's mirror. It must never import Netty, the
 * Kubernetes client or the mirror's own code: it is the one process with rights on the host.
 */
@NullMarked
package dev.tarn.agent;

import org.jspecify.annotations.NullMarked;
