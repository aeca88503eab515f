package dev.tarn.server.peer.runtime;

import dev.tarn.core.digest.Digest;
import dev.tarn.core.placement.Member;
import dev.tarn.core.placement.Membership;
import dev.tarn.core.tag.TagName;
import dev.tarn.server.peer.PeerClient;
import dev.tarn.server.peer.wire.TagQuestion;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * The members that are home of a tag, and what this node says to them. Thread-safe; nothing here
 * blocks.
 *
 * <p>Each home knows of the registry itself what the tag names, so what most of them say is no
 * single member's word.
 */
final class TagHomes {
  private static final int HOMES = 3;

  /** How many have to say the same. */
  private static final int AGREEING = 2;

  private final String self;
  private final PeerClient client;
  private volatile Membership membership;

  TagHomes(String self, PeerClient client, Membership membership) {
    this.self = self;
    this.client = client;
    this.membership = membership;
  }

  void membershipChanged(Membership after) {
    membership = after;
  }

  /** The homes of the tag but this node. */
  private List<Member> homes(TagName tag) {
    // The key is part of what nodes say to each other: it is not to change.
    return membership.placement().ranked(Digest.sha256(tag.toString()), 0, HOMES).stream()
        .filter(member -> !member.name().equals(self))
        .toList();
  }

  /** Tells the homes what the registry has just said. Who does not hear it, does not. */
  void tell(TagName tag, Digest digest) {
    for (Member home : homes(tag)) {
      client.tag(home, new TagQuestion.Told(tag, digest), answer -> {});
    }
  }

  /** What most homes say; empty once it is certain that there is no such thing. */
  CompletableFuture<Optional<Digest>> ask(TagName tag) {
    List<Member> homes = homes(tag);
    Votes votes = new Votes(homes.size());
    homes.forEach(home -> client.tag(home, new TagQuestion.Asked(tag), votes::say));
    return votes.result;
  }

  private static final class Votes {
    private final CompletableFuture<Optional<Digest>> result = new CompletableFuture<>();

    // Guarded by this.
    private final Map<Digest, Integer> said = new HashMap<>();
    private int left;

    Votes(int askedOf) {
      this.left = askedOf;
      if (askedOf < AGREEING) {
        result.complete(Optional.empty());
      }
    }

    /** On an event loop. */
    void say(Optional<Digest> digest) {
      boolean agreed;
      boolean over;
      synchronized (this) {
        left--;
        agreed = digest.isPresent() && said.merge(digest.get(), 1, Integer::sum) >= AGREEING;
        over = left == 0;
      }
      if (agreed) {
        result.complete(digest);
      } else if (over) {
        result.complete(Optional.empty());
      }
    }
  }
}
