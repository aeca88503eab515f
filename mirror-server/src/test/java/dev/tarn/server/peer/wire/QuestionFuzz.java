package dev.tarn.server.peer.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.tarn.core.placement.Placement;
import dev.tarn.core.planner.Question;
import java.util.List;
import java.util.Optional;

/** Whatever another node asks: it is malformed, or within bounds and written again the same. */
class QuestionFuzz {

  @FuzzTest
  void question(byte[] input) throws MalformedMessageException {
    Optional<Question> read;
    try {
      read = Questions.read(input);
    } catch (MalformedMessageException e) {
      assertThat(e.getMessage()).isNotBlank();
      return;
    }
    if (read.isPresent()) {
      check(read.get());
      assertThat(Questions.read(Questions.write(read.get()))).isEqualTo(read);
    }
  }

  private static void check(Question question) {
    switch (question) {
      case Question.Open open -> names(open.avoid());
      case Question.Locate locate -> {
        segment(locate.segment());
        assertThat(locate.size()).isGreaterThanOrEqualTo(Question.UNKNOWN_SIZE);
        assertThat(locate.held()).isBetween(0, 0xffff);
        names(locate.avoid());
        names(locate.seeds());
        assertThat(locate.needs())
            .allSatisfy(
                need -> {
                  chunk(need.chunk());
                  assertThat(need.bytes()).isNotNegative();
                });
      }
      case Question.Probe probe -> chunk(probe.chunk());
      case Question.Report report -> {
        segment(report.segment());
        assertThat(report.held()).isBetween(0, 0xffff);
        assertThat(report.leases()).allSatisfy(lease -> chunk(lease.chunk()));
      }
      case Question.Revoke _ -> {}
      case Question.Forwarded forwarded -> {
        names(List.of(forwarded.asker()));
        assertThat(forwarded.question()).isNotInstanceOf(Question.Forwarded.class);
        check(forwarded.question());
      }
      case Question.Consult consult -> segment(consult.segment());
      case Question.Announce announce ->
          assertThat(announce.held()).allSatisfy(held -> assertThat(held.size()).isNotNegative());
    }
  }

  private static void names(List<String> names) {
    assertThat(names).allMatch(PeerProtocol::isNodeName);
  }

  private static void chunk(int chunk) {
    assertThat(chunk).isGreaterThanOrEqualTo(Question.WHOLE);
  }

  private static void segment(int segment) {
    assertThat(segment).isNotNegative();
    assertThat((segment + 1L) * Placement.SEGMENT_CHUNKS - 1)
        .as("its last chunk has a number")
        .isLessThanOrEqualTo(Integer.MAX_VALUE);
  }
}
