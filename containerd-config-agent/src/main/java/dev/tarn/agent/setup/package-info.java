/** Sets containerd's {@code config_path}: a separate command, privileged, off by default. */
@NullMarked
package dev.tarn.agent.setup;

import org.jspecify.annotations.NullMarked;
