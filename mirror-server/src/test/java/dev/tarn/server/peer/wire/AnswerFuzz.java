package dev.tarn.server.peer.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.tarn.core.planner.Answer;
import dev.tarn.core.planner.Question;
import java.util.ArrayList;
import java.util.List;

/** Whatever another node answers: it is malformed, or within bounds and written again the same. */
class AnswerFuzz {
  private static final int MAX_LATER_MILLIS = 10_000;

  @FuzzTest
  void answer(byte[] input) throws MalformedMessageException {
    Answer read;
    try {
      read = Answers.read(input);
    } catch (MalformedMessageException e) {
      assertThat(e.getMessage()).isNotBlank();
      return;
    }
    check(read);
    assertThat(Answers.read(Answers.write(read))).isEqualTo(read);
  }

  private static void check(Answer answer) {
    switch (answer) {
      case Answer.Complete complete -> {
        size(complete.size());
        names(complete.holders());
      }
      case Answer.Crowd crowd -> {
        size(crowd.size());
        names(crowd.seeds());
      }
      case Answer.Behind behind -> size(behind.size());
      case Answer.Later later -> assertThat(later.millis()).isBetween(0, MAX_LATER_MILLIS);
      case Answer.Located located ->
          assertThat(located.places())
              .allSatisfy(
                  place -> {
                    assertThat(place.chunk()).isGreaterThanOrEqualTo(Question.WHOLE);
                    names(place.candidates());
                    nameOrEmpty(place.lessee());
                  });
      case Answer.Load load -> {
        assertThat(load.uploads()).isNotNegative();
        assertThat(load.bytes()).isNotNegative();
      }
      case Answer.Heard heard ->
          assertThat(heard.ceded())
              .allSatisfy(chunk -> assertThat(chunk).isGreaterThanOrEqualTo(Question.WHOLE));
      case Answer.Revoked revoked -> size(revoked.size());
      case Answer.Known known -> {
        size(known.size());
        nameOrEmpty(known.lone());
        names(known.holders());
        List<Answer.ChunkKnown> chunks = new ArrayList<>(known.chunks());
        chunks.forEach(chunk -> names(chunk.holders()));
        chunks.forEach(chunk -> nameOrEmpty(chunk.lessee()));
      }
      case Answer.Alone _, Answer.Nobody _, Answer.Noted _ -> {}
      case Answer.Silence _ -> throw new AssertionError("silence is not said");
    }
  }

  private static void size(long size) {
    assertThat(size).isGreaterThanOrEqualTo(Question.UNKNOWN_SIZE);
  }

  private static void names(List<String> names) {
    assertThat(names).allMatch(PeerProtocol::isNodeName);
  }

  private static void nameOrEmpty(String name) {
    assertThat(name.isEmpty() || PeerProtocol.isNodeName(name)).isTrue();
  }
}
