package dev.tarn.core.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tarn.core.digest.Algorithm;
import dev.tarn.core.digest.Digest;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class OrderedHashTest {
  @TempDir Path directory;

  static LongStream seeds() {
    return LongStream.range(0, 50);
  }

  private static byte[] bytes(long seed, int length) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  private FileChannel file(byte[] content) throws IOException {
    Path file = directory.resolve("content");
    Files.write(file, content);
    return FileChannel.open(file);
  }

  @ParameterizedTest
  @EnumSource(Algorithm.class)
  void whatComesInOrderNeedsNoFile(Algorithm algorithm) throws IOException {
    byte[] content = bytes(1, 1000);
    OrderedHash hash = new OrderedHash(algorithm);

    hash.offer(0, ByteBuffer.wrap(content, 0, 600));
    hash.offer(600, ByteBuffer.wrap(content, 600, 400));

    assertThat(hash.position()).isEqualTo(1000);
    try (FileChannel empty = file(new byte[0])) {
      hash.catchUp(empty, 1000);
    }
    assertThat(hash.finish()).isEqualTo(Digest.of(algorithm, ByteBuffer.wrap(content)));
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void inWhateverOrderItComesTheHashIsTheSame(long seed) throws IOException {
    Random random = new Random(seed);
    byte[] content = bytes(seed, random.nextInt(600_000));
    OrderedHash hash = new OrderedHash(Algorithm.SHA256);
    try (FileChannel file = file(content)) {
      for (int i = 0; i < 20; i++) {
        int start =
            random.nextBoolean() ? (int) hash.position() : random.nextInt(content.length + 1);
        int end = start + random.nextInt(content.length - start + 1);
        hash.offer(start, ByteBuffer.wrap(content, start, end - start));
        if (random.nextInt(4) == 0) {
          hash.catchUp(file, random.nextInt(content.length + 1));
        }
      }
      hash.catchUp(file, content.length);
    }
    assertThat(hash.finish()).isEqualTo(Digest.sha256(content));
  }

  @Test
  void bytesOfferedAreOnlyBorrowed() {
    ByteBuffer bytes = ByteBuffer.wrap(bytes(2, 10)).position(3);

    new OrderedHash(Algorithm.SHA256).offer(0, bytes);

    assertThat(bytes.position()).isEqualTo(3);
  }

  @Test
  void aFileThatIsTooShortIsAnErrorAndNotAnotherHash() throws IOException {
    OrderedHash hash = new OrderedHash(Algorithm.SHA256);
    try (FileChannel file = file(bytes(3, 100))) {
      assertThatThrownBy(() -> hash.catchUp(file, 101)).isInstanceOf(EOFException.class);
    }
  }
}
