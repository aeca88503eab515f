package dev.tarn.agent.containerd;

import java.util.List;

/**
 * What holds for one release of containerd.
 *
 * @param roots the directories of {@code config_path}
 * @param notes what of the configuration does not count, though it looks as if it did
 */
record Verdict(Prospect prospect, List<String> roots, List<String> notes) {}
