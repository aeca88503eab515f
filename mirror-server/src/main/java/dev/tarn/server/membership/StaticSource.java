package dev.tarn.server.membership;

import dev.tarn.core.placement.Member;
import java.time.Duration;
import java.util.List;

/** The nodes of a list that never changes, all of them ready. Runs on the thread that starts it. */
public final class StaticSource implements MemberSource {
  private final List<Member> members;

  public StaticSource(List<Member> members) {
    this.members = List.copyOf(members);
  }

  @Override
  public void start(Sink sink) {
    sink.found(members);
  }

  @Override
  public Duration age() {
    return Duration.ZERO;
  }

  @Override
  public void close() {}
}
