package dev.tarn.agent.follow;

import dev.tarn.agent.hosts.Target;

/**
 * Where an entry stands or is to stand.
 *
 * @param root one of containerd's directories, as the host names it
 */
public record Place(String root, Target target) {}
