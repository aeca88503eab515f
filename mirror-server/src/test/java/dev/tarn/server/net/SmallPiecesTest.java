package dev.tarn.server.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SmallPiecesTest {
  private final SmallPieces pieces = new SmallPieces();
  private final List<ByteBuf> passed = new ArrayList<>();

  @AfterEach
  void everythingIsReleased() {
    pieces.drop();
    passed.forEach(bytes -> assertThat(ReferenceCountUtil.release(bytes)).isTrue());
  }

  @Test
  void smallPiecesGoOnTogether() {
    pieces.add(bytes(1, 16_000), passed::add);
    pieces.add(bytes(2, 16_000), passed::add);
    assertThat(passed).isEmpty();

    pieces.flush(passed::add);

    assertThat(passed)
        .singleElement()
        .satisfies(
            all -> {
              assertThat(all.readableBytes()).isEqualTo(32_000);
              assertThat(all.getByte(15_999)).isEqualTo((byte) 1);
              assertThat(all.getByte(16_000)).isEqualTo((byte) 2);
            });
    pieces.flush(passed::add);
    assertThat(passed).hasSize(1);
  }

  @Test
  void aBigPieceGoesOnAsItIsAfterWhatWasThereBefore() {
    ByteBuf big = bytes(2, 200_000);
    pieces.add(bytes(1, 10), passed::add);
    pieces.add(big, passed::add);

    assertThat(passed).hasSize(2);
    assertThat(passed.getFirst().readableBytes()).isEqualTo(10);
    assertThat(passed.getLast()).isSameAs(big);
  }

  @Test
  void whatDoesNotFitAnyMoreBeginsAnew() {
    for (int i = 0; i < 5; i++) {
      pieces.add(bytes(i, 60_000), passed::add);
    }
    pieces.flush(passed::add);

    assertThat(passed.stream().mapToInt(ByteBuf::readableBytes))
        .containsExactly(120_000, 120_000, 60_000);
  }

  @Test
  void whatIsDroppedIsReleased() {
    ByteBuf small = bytes(1, 10);
    pieces.add(small, passed::add);
    pieces.drop();

    assertThat(small.refCnt()).isZero();
    pieces.flush(passed::add);
    assertThat(passed).isEmpty();
  }

  private static ByteBuf bytes(int value, int count) {
    byte[] content = new byte[count];
    Arrays.fill(content, (byte) value);
    return Unpooled.wrappedBuffer(content);
  }
}
