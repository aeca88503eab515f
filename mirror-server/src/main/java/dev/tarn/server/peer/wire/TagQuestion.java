package dev.tarn.server.peer.wire;

import dev.tarn.core.digest.Digest;
import dev.tarn.core.tag.TagName;

/** What one node says to another, a home of the tag, about it. */
public sealed interface TagQuestion {
  TagName tag();

  /** The registry said to the sender that the tag names this: a hint, to ask the registry too. */
  record Told(TagName tag, Digest digest) implements TagQuestion {}

  /** What did the registry say to the home itself? */
  record Asked(TagName tag) implements TagQuestion {}
}
