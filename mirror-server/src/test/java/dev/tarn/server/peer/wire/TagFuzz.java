package dev.tarn.server.peer.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.Optional;

/** Whatever another node says about a tag: it is malformed, or written again the same. */
class TagFuzz {

  @FuzzTest
  void question(byte[] input) throws MalformedMessageException {
    Optional<TagQuestion> read;
    try {
      read = TagMessages.read(input);
    } catch (MalformedMessageException e) {
      assertThat(e.getMessage()).isNotBlank();
      return;
    }
    if (read.isPresent()) {
      assertThat(TagMessages.read(TagMessages.write(read.get()))).isEqualTo(read);
    }
  }
}
