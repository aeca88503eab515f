package dev.tarn.server.peer.runtime;

import dev.tarn.core.digest.Digest;
import dev.tarn.core.tag.TagName;
import java.util.Optional;

/** What this node does as a home of tags. Thread-safe; nothing here blocks. */
public interface TagDesk {
  /** Knows of no tag. */
  TagDesk NONE =
      new TagDesk() {
        @Override
        public void told(TagName tag, Digest digest) {}

        @Override
        public Optional<Digest> known(TagName tag) {
          return Optional.empty();
        }
      };

  /** Another node was told by the registry that the tag names this; no more than a hint. */
  void told(TagName tag, Digest digest);

  /** What the tag names by the registry's own word to this node. */
  Optional<Digest> known(TagName tag);
}
