package dev.tarn.server.peer.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.tarn.core.planner.Question;
import java.nio.charset.StandardCharsets;

/** Whatever another node asks a chunk by: it is none, or within bounds and spelt again the same. */
class ChunkRequestFuzz {

  @FuzzTest
  void target(byte[] input) {
    String target = new String(input, StandardCharsets.ISO_8859_1);
    ChunkRequest.parse(target)
        .ifPresent(
            request -> {
              assertThat(request.chunk()).isGreaterThanOrEqualTo(Question.WHOLE);
              assertThat(request.offset()).isNotNegative();
              assertThat(target).contains(request.key().digest().toString());
              assertThat(request.target()).doesNotContainAnyWhitespaces().isASCII();
              assertThat(ChunkRequest.parse(request.target())).contains(request);
            });
  }
}
