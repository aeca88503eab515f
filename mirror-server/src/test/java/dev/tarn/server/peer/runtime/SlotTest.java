package dev.tarn.server.peer.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tarn.core.digest.Digest;
import dev.tarn.core.planner.Event.FetchFailure;
import dev.tarn.server.peer.wire.ChunkTail;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SlotTest {
  private final ByteBuffer file = ByteBuffer.allocate(100);
  private final Slot slot =
      new Slot(
          20,
          10,
          (bytes, position, vouched) ->
              file.put(
                  (int) position,
                  bytes.array(),
                  bytes.arrayOffset() + bytes.position(),
                  bytes.remaining()));
  private final List<String> woken = new ArrayList<>();

  private static ByteBuffer text(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
  }

  private String written(int count) {
    return new String(file.array(), 20, count, StandardCharsets.US_ASCII);
  }

  @Test
  void bytesAreAppendedAndHashedAsTheyAre() throws IOException {
    slot.take("one");
    assertThat(slot.write("one", 0, text("hello"), true)).isTrue();
    assertThat(slot.write("one", 5, text("world"), true)).isTrue();
    assertThat(slot.bytes()).isEqualTo(10);
    assertThat(written(10)).isEqualTo("helloworld");
    assertThat(slot.sum()).isEqualTo(Digest.sha256("helloworld"));
  }

  @Test
  void whoeverTakesOverGoesOnWhereTheLastOneGotTo() throws IOException {
    slot.take("one");
    slot.write("one", 0, text("hello"), true);
    assertThat(slot.take("two")).isEqualTo(5);

    assertThat(slot.write("one", 5, text("stray"), true)).isFalse();
    assertThat(slot.write("two", 5, text("world"), true)).isTrue();

    assertThat(written(10)).isEqualTo("helloworld");
  }

  @Test
  void bytesThatAreHereAlreadyAreNotWrittenAgain() throws IOException {
    slot.take("one");
    slot.write("one", 0, text("hello"), true);
    slot.write("one", 0, text("old"), true);
    slot.write("one", 3, text("XXwor"), true);
    assertThat(written(8)).isEqualTo("hellowor");
    assertThat(slot.sum()).isEqualTo(Digest.sha256("hellowor"));
  }

  @Test
  void bytesThatDoNotFollowOrDoNotFitAreRefused() {
    slot.take("one");
    assertThatThrownBy(() -> slot.write("one", 1, text("x"), true)).isInstanceOf(IOException.class);
    assertThatThrownBy(() -> slot.write("one", 0, text("longer than ten"), true))
        .isInstanceOf(IOException.class);
  }

  @Test
  void readersAreWokenByWhatTheyWaitFor() throws IOException {
    slot.take("one");
    slot.onProgress(0, slot.generation(), () -> woken.add("first"));
    assertThat(woken).isEmpty();
    slot.write("one", 0, text("hello"), true);
    assertThat(woken).containsExactly("first");

    slot.onProgress(2, slot.generation(), () -> woken.add("at once"));
    slot.onProgress(5, slot.generation(), () -> woken.add("at its end"));
    assertThat(woken).containsExactly("first", "at once");
    slot.finish(new ChunkTail(Digest.sha256("hello"), "c"));
    assertThat(woken).containsExactly("first", "at once", "at its end");
  }

  @Test
  void whatIsDroppedBeginsAnewAndItsReadersAreTold() throws IOException {
    slot.take("one");
    slot.write("one", 0, text("wrong"), true);
    int before = slot.generation();
    slot.onProgress(5, before, () -> woken.add("told"));

    slot.drop(FetchFailure.MISMATCH);

    assertThat(woken).containsExactly("told");
    assertThat(slot.broken(before)).isEqualTo(FetchFailure.MISMATCH);
    assertThat(slot.bytes()).isZero();
    assertThat(slot.write("one", 5, text("late"), true)).isFalse();
    slot.take("two");
    slot.write("two", 0, text("right"), true);
    assertThat(slot.sum()).isEqualTo(Digest.sha256("right"));
    assertThat(slot.broken(slot.generation())).isNull();
  }
}
