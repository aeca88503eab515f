package dev.tarn.e2e.agent;

import java.util.EnumSet;
import java.util.Set;

/**
 * A node of a kind: what containerd it has, how that is configured, and what stood there. What must
 * come of it is said here without asking the agent, by what docs/nodes.md establishes.
 */
record Combination(Release release, Setting setting, Existing existing, boolean discards) {
  /** One root, and nothing there. */
  static Combination plain(Release release) {
    return new Combination(release, Setting.ONE_ROOT, Existing.NONE, false);
  }

  String title() {
    return "%s, %s, hosts.toml: %s, discard %s"
        .formatted(release, setting, existing, discards ? "on" : "off");
  }

  /** Whether config_path says where hosts.toml files are. */
  boolean hasRoots() {
    return roots() != Setting.Roots.NONE;
  }

  /** How many there are; where config_path is empty, containerd has two of its own from 2.2 on. */
  private Setting.Roots roots() {
    return setting == Setting.EMPTY && release.compareTo(Release.V2_2) >= 0
        ? Setting.Roots.TWO
        : setting.roots();
  }

  /** Whether containerd reads hosts.toml files under the first root. */
  boolean isRead() {
    return switch (roots()) {
      case NONE -> false;
      case ONE -> true;
      case ONE_AND_COLON, TWO ->
          !release.pullsByTransfer() || discards || setting.forcesLocalPull();
    };
  }

  /** Whether containerd must come to Tarn. */
  boolean comesToTarn() {
    return isRead() && existing.allowsEntry();
  }

  /** Whom containerd comes to while there is no Tarn. */
  Source ownSource() {
    return setting == Setting.LEGACY_MIRRORS
        ? Source.OPERATOR
        : isRead() ? existing.source() : Source.REGISTRY;
  }

  /** Whom it must come to while Tarn is there. */
  Set<Source> expectedSources() {
    return EnumSet.of(comesToTarn() ? Source.TARN : ownSource());
  }

  /** Whom Tarn must come to, if containerd comes to it: whom the operator named, if anybody. */
  Set<Source> expectedUpstreams() {
    return comesToTarn()
        ? EnumSet.of(existing.namesUpstreams() ? existing.source() : Source.REGISTRY)
        : Set.of();
  }

  /** What the agent must say before anybody pulled. */
  Says expectedBefore() {
    return comesToTarn() ? Says.UNKNOWN : Says.INEFFECTIVE;
  }

  /** What it must say when somebody has. */
  Says expectedAfter() {
    return comesToTarn() ? Says.EFFECTIVE : Says.INEFFECTIVE;
  }

  /** What its command that only looks must say. */
  Says expectedOfInspect() {
    return comesToTarn() ? Says.EFFECTIVE : isRead() ? Says.PARTIAL : Says.INEFFECTIVE;
  }
}
