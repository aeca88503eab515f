package dev.tarn.agent.canary;

import java.util.Optional;

/** The canary's own {@code hosts.toml}, under containerd's root. */
public interface CanaryEntry {
  /** Puts it there. Why that failed, for a person, or empty. */
  Optional<String> put();

  /** Whether it is there as it was put. */
  boolean stands();

  /** Takes it away, and everything that was made for it. Nothing of anybody else's. */
  void withdraw();
}
