/**
 * What containerd's configuration says, and whether an entry under its roots takes effect. Only
 * reads.
 */
@NullMarked
package dev.tarn.agent.containerd;

import org.jspecify.annotations.NullMarked;
