package dev.tarn.server.membership;

import dev.tarn.core.placement.Member;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** Remembers what a source reported. One thread. */
final class RecordingSink implements MemberSource.Sink {
  final List<List<Member>> found = new ArrayList<>();
  int failures;

  @Override
  public void found(Collection<Member> members) {
    found.add(List.copyOf(members));
  }

  @Override
  public void failed(Throwable cause) {
    failures++;
  }
}
