/**
 * Who the other nodes are. A {@link dev.tarn.server.membership.MemberSource} finds them, {@link
 * dev.tarn.server.membership.ClusterMembership} turns what it found into immutable snapshots. A
 * source that fails changes nothing: the last snapshot stays. Knows values of core alone; only its
 * own sub-package knows Kubernetes.
 */
@NullMarked
package dev.tarn.server.membership;

import org.jspecify.annotations.NullMarked;
