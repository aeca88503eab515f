/**
 * A real control plane on this machine: etcd, kube-apiserver, kube-controller-manager and
 * kube-scheduler, with nodes that are objects only.
 *
 * <p>What a kubelet does is played by {@link dev.tarn.e2e.kube.HollowKubelet}: pods that run for
 * good are said to be ready, and those whose program is one of Tarn's tools really run it, with
 * their own token, files and rights ({@link dev.tarn.e2e.kube.HollowContainer}).
 */
@NullMarked
package dev.tarn.e2e.kube;

import org.jspecify.annotations.NullMarked;
