package dev.tarn.agent.tree;

import dev.tarn.agent.hosts.Note;
import dev.tarn.agent.hosts.UpstreamHost;
import java.util.List;

/** What is to become of a registry's directory. */
sealed interface Plan {
  /** These are to stand in it. */
  record Write(byte[] content, Note note, List<UpstreamHost> upstreams) implements Plan {}

  /** Nothing of ours. {@code why} is for a person. */
  record Leave(String why) implements Plan {}
}
