/**
 * Who is a member, and which member is home of what: immutable snapshots and pure functions of
 * them. Depends on digest.
 */
@NullMarked
package dev.tarn.core.placement;

import org.jspecify.annotations.NullMarked;
