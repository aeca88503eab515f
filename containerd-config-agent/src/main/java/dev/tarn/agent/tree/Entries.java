package dev.tarn.agent.tree;

import dev.tarn.agent.hosts.Target;
import java.util.Set;

/**
 * The mirror's entries under one of containerd's roots. Everything here can be done again, by
 * several at once, and after a crash at any instant; nothing is written where nothing changes.
 * Never throws for what stands on the disk.
 */
public interface Entries {
  /** Puts the entry there, unless it is there as it should be. */
  Standing put(Target target);

  /** Takes our part back: what somebody else wrote is as it would be had we never been there. */
  Standing withdraw(Target target);

  /** Only looks. */
  Standing look(Target target);

  /** Those that have something of ours, configured or not. */
  Set<Target> standing();
}
