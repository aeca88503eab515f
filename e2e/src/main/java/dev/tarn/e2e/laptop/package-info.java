/**
 * A real Kubernetes on one machine: a control plane, and nodes that are namespaces, each with a
 * kubelet, a kube-proxy and a containerd of its own, on a network of which the machine sees one
 * cable. Has no cases. Depends on the packages of parts ({@code kube}, {@code cluster}, {@code
 * http}, {@code image}, {@code node}), never on one of cases.
 */
@NullMarked
package dev.tarn.e2e.laptop;

import org.jspecify.annotations.NullMarked;
