package dev.tarn.agent.cri;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ProtobufTest {
  @Test
  void aFieldHasItsNumberItsLengthAndItsBytes() {
    assertThat(Protobuf.field(1, "ab")).containsExactly(10, 2, 'a', 'b');
  }

  @Test
  void aLengthOfMoreThanOneByteIsAVarint() {
    assertThat(Protobuf.field(2, new byte[300])).hasSize(303).startsWith(18, 0xac, 2);
  }

  @Test
  void aFieldIsFoundAmongOthersOfEveryKind() {
    ByteArrayOutputStream message = new ByteArrayOutputStream();
    message.writeBytes(new byte[] {8, (byte) 0x96, 1}); // 1: a varint
    message.writeBytes(new byte[] {17, 1, 2, 3, 4, 5, 6, 7, 8}); // 2: 64 bits
    message.writeBytes(new byte[] {29, 1, 2, 3, 4}); // 3: 32 bits
    message.writeBytes(Protobuf.field(4, "other"));
    message.writeBytes(Protobuf.field(5, "v2.1.4"));

    assertThat(Protobuf.text(message.toByteArray(), 5)).contains("v2.1.4");
    assertThat(Protobuf.text(message.toByteArray(), 6)).isEmpty();
  }

  @Test
  void whatIsNoMessageHasNoField() {
    Random random = new Random(1);
    for (int i = 0; i < 10_000; i++) {
      byte[] bytes = new byte[random.nextInt(24)];
      random.nextBytes(bytes);
      assertThat(Protobuf.text(bytes, 1 << 28)).isEmpty();
    }
  }
}
