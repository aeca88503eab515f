package dev.tarn.server;

import dev.tarn.core.placement.Member;
import dev.tarn.server.peer.StatusOutcome;
import dev.tarn.server.status.ClusterView.Neighbours;
import dev.tarn.server.status.ClusterView.Word;
import dev.tarn.server.status.MemberFacts.MemberFact;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Whom a node asks how they are: its members, over the connections that blobs come by.
 *
 * @param among null where the node is alone
 * @param self this node's name and zone, now
 * @param facts what this node knows of its members
 */
record MemberNeighbours(
    OperatorView.@Nullable Among among, Supplier<Self> self, Supplier<List<MemberFact>> facts)
    implements Neighbours {
  /** Which node this is. */
  record Self(String name, String zone) {}

  @Override
  public String name() {
    return self.get().name();
  }

  @Override
  public String zone() {
    return self.get().zone();
  }

  @Override
  public List<MemberFact> members() {
    return facts.get();
  }

  @Override
  public void ask(String node, Consumer<Word> then) {
    OperatorView.Among known = among();
    if (known == null) {
      then.accept(new Word.None());
      return;
    }
    Optional<Member> member = known.membership().current().find(node);
    if (member.isEmpty()) {
      then.accept(new Word.None());
    } else {
      known.network().askStatus(member.get(), outcome -> then.accept(word(outcome)));
    }
  }

  private static Word word(StatusOutcome outcome) {
    return switch (outcome) {
      case StatusOutcome.Said(String text) -> new Word.Said(text);
      case StatusOutcome.Unknown _ -> new Word.Older();
      case StatusOutcome.Silent _ -> new Word.None();
    };
  }
}
