package dev.tarn.core.planner;

import java.util.LinkedHashMap;
import java.util.Map;

/** What a {@link TestNode} asks others, and what it answers them. The test's thread. */
final class Conversation {
  private final TestNode node;
  private final Map<Long, TestNode> askers = new LinkedHashMap<>();
  private final Map<Long, Long> askIds = new LinkedHashMap<>();

  Conversation(TestNode node) {
    this.node = node;
  }

  void ask(Action.Ask ask) {
    TestNode to = node.cluster.node(ask.to().name());
    if (!to.alive) {
      node.cluster.send(node, () -> node.handle(new Event.Unanswered(ask.id())));
      return;
    }
    node.cluster.send(
        node,
        to,
        () -> {
          long token = to.newToken();
          to.conversation.askers.put(token, node);
          to.conversation.askIds.put(token, ask.id());
          to.handle(
              new Event.Asked(
                  token, node.name, ask.question(), to.conversation.local(ask.question())));
        });
  }

  void reply(Action.Reply reply) {
    TestNode asker = askers.remove(reply.token());
    Long id = askIds.remove(reply.token());
    if (asker != null && id != null) {
      node.cluster.send(node, asker, () -> asker.handle(new Event.Answered(id, reply.answer())));
    }
  }

  private Event.Local local(Question question) {
    return switch (question) {
      case Question.Probe probe -> node.local(probe.key(), probe.chunk());
      case Question.Consult consult -> node.local(consult.key(), Question.WHOLE);
      case Question.Revoke revoke -> node.local(revoke.key(), Question.WHOLE);
      case Question.Open _,
          Question.Locate _,
          Question.Report _,
          Question.Announce _,
          Question.Forwarded _ ->
          Event.Local.NOTHING;
    };
  }
}
