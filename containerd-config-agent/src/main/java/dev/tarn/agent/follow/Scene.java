package dev.tarn.agent.follow;

import dev.tarn.agent.containerd.Findings;
import java.util.Optional;

/**
 * How it stands on the node.
 *
 * @param findings what was found of containerd
 * @param root one in which an entry stands while the mirror is ready, and nobody has come for any
 *     entry yet; else empty
 * @param prepared whether the mirror is ready, every entry that can be there is, and containerd
 *     reads them by its configuration
 */
public record Scene(Findings findings, Optional<String> root, boolean prepared, Verdict verdict) {}
