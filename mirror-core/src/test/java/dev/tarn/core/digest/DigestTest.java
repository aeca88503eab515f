package dev.tarn.core.digest;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class DigestTest {
  private static final String EMPTY_SHA256 =
      "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
  private static final String ABC_SHA512 =
      "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
          + "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f";

  @Test
  void knownContentHasItsKnownDigest() {
    assertThat(Digest.sha256(new byte[0])).hasToString("sha256:" + EMPTY_SHA256);
    ByteBuffer abc = ByteBuffer.wrap("abc".getBytes(StandardCharsets.UTF_8));
    assertThat(Digest.of(Algorithm.SHA512, abc)).hasToString("sha512:" + ABC_SHA512);
    assertThat(abc.remaining()).isEqualTo(3);
  }

  @Test
  void textIsHashedAsUtf8() {
    assertThat(Digest.sha256("ü")).isEqualTo(Digest.sha256(new byte[] {(byte) 0xc3, (byte) 0xbc}));
  }

  @Test
  void aHashInTheMakingBecomesADigestAndStartsAnew() {
    MessageDigest hash = Algorithm.SHA256.newHash();
    hash.update((byte) 'a');
    assertThat(Digest.of(Algorithm.SHA256, hash)).isEqualTo(Digest.sha256("a"));
    assertThat(Digest.of(Algorithm.SHA256, hash).hex()).isEqualTo(EMPTY_SHA256);
  }

  @ParameterizedTest
  @EnumSource(Algorithm.class)
  void whatADigestPrintsItParses(Algorithm algorithm) {
    Random random = new Random(1);
    for (int i = 0; i < 200; i++) {
      byte[] content = new byte[random.nextInt(100)];
      random.nextBytes(content);
      Digest digest = Digest.of(algorithm, ByteBuffer.wrap(content));
      assertThat(Digest.parse(digest.toString())).hasValue(digest);
      assertThat(digest.algorithm()).isEqualTo(algorithm);
      assertThat(digest.hex()).hasSize(algorithm.hexLength()).matches("[0-9a-f]+");
      assertThat(digest).hasToString(algorithm.label() + ":" + digest.hex());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ":",
        "sha256",
        "sha256:",
        EMPTY_SHA256,
        "sha256;" + EMPTY_SHA256,
        "sha256:" + EMPTY_SHA256 + "0",
        "sha512:" + EMPTY_SHA256,
        "sha384:" + EMPTY_SHA256,
        "SHA256:" + EMPTY_SHA256,
        "sha256:E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855",
        "sha256:../../../../../../../../../../../../../../../../../../../../etc/pa",
        "sha256: 3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "sha256:" + ABC_SHA512,
        "xha256:" + EMPTY_SHA256,
      })
  void whatIsNoDigestIsNotParsed(String text) {
    assertThat(Digest.parse(text)).isEmpty();
  }

  @Test
  void oneWrongCharacterAnywhereIsNoDigest() {
    Random random = new Random(2);
    String good = "sha256:" + EMPTY_SHA256;
    for (int at = 0; at < good.length(); at++) {
      for (char wrong : new char[] {'/', ':', 'g', 'G', '`', '@', 'F', '\0', ' ', 'é', '٣'}) {
        if (good.charAt(at) != wrong) {
          String text = good.substring(0, at) + wrong + good.substring(at + 1);
          assertThat(Digest.parse(text)).as(text).isEmpty();
        }
      }
      int cut = random.nextInt(good.length());
      assertThat(Digest.parse(good.substring(0, cut))).isEmpty();
    }
  }

  @Test
  void everyHexDigitIsADigit() {
    assertThat(Digest.parse("sha256:" + "0123456789abcdef".repeat(4))).isPresent();
  }

  @Test
  void equalityIsByAlgorithmAndHex() {
    Digest one = Digest.sha256("one");
    Digest same = Digest.parse(one.toString()).orElseThrow();
    assertThat(one).isEqualTo(same).hasSameHashCodeAs(same).isNotEqualTo(Digest.sha256("two"));
    assertThat((Object) one).isNotEqualTo(one.toString());
    assertThat(one.hashCode()).isEqualTo(one.toString().hashCode());
  }

  @Test
  void orderIsByAlgorithmThenHex() {
    Digest low = Digest.parse("sha256:" + "1".repeat(64)).orElseThrow();
    Digest high = Digest.parse("sha256:" + "2".repeat(64)).orElseThrow();
    Digest other = Digest.parse("sha512:" + "0".repeat(128)).orElseThrow();
    assertThat(List.of(other, high, low).stream().sorted()).containsExactly(low, high, other);
    assertThat(low.compareTo(Digest.parse(low.toString()).orElseThrow())).isZero();
  }

  @Test
  void hashesAreThePlatformsOwn() throws Exception {
    byte[] content = {1, 2, 3};
    assertThat(Digest.of(Algorithm.SHA512, ByteBuffer.wrap(content)).hex())
        .isEqualTo(HexFormat.of().formatHex(MessageDigest.getInstance("SHA-512").digest(content)));
  }
}
