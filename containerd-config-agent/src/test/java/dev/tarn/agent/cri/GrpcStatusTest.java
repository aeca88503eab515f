package dev.tarn.agent.cri;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class GrpcStatusTest {
  @Test
  void isFoundByItsHuffmanName() {
    assertThat(GrpcStatus.in(HexFormat.of().parseHex("0040889acac8b21234da8f023132"))).contains(12);
  }

  @Test
  void isFoundByItsPlainName() {
    byte[] block = "\u0000\u000bgrpc-status\u00015".getBytes(StandardCharsets.US_ASCII);

    assertThat(GrpcStatus.in(block)).contains(5);
  }

  @Test
  void isMissingWhereTheBlockIsCutOrIsNoNumber() {
    assertThat(GrpcStatus.in(new byte[0])).isEmpty();
    assertThat(GrpcStatus.in(HexFormat.of().parseHex("00889acac8b21234da8f02"))).isEmpty();
    assertThat(GrpcStatus.in(HexFormat.of().parseHex("00889acac8b21234da8f0231"))).isEmpty();
    assertThat(GrpcStatus.in(HexFormat.of().parseHex("00889acac8b21234da8f0178"))).isEmpty();
  }
}
