package dev.tarn.e2e.access;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Who may read in which repository, as the registries see it: everyone in those whose name begins
 * with their own and in those that were granted, unless that was withdrawn. Changes at any time,
 * from any thread.
 */
final class Rights {
  private final Set<String> granted = ConcurrentHashMap.newKeySet();
  private final Set<String> withdrawn = ConcurrentHashMap.newKeySet();

  boolean allow(User user, String repository) {
    String right = user.name() + " " + repository;
    return (repository.startsWith(user.name() + "/") || granted.contains(right))
        && !withdrawn.contains(right);
  }

  /** Lets a user read in somebody else's repository. */
  void grant(User user, String repository) {
    granted.add(user.name() + " " + repository);
  }

  void withdraw(User user, String repository) {
    withdrawn.add(user.name() + " " + repository);
  }
}
