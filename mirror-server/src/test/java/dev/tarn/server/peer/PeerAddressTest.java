package dev.tarn.server.peer;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PeerAddressTest {
  @Test
  void addressesAndNamesHaveAPort() {
    assertThat(PeerAddress.parse("10.0.0.1:5051")).contains(new PeerAddress("10.0.0.1", 5051));
    assertThat(PeerAddress.parse("[fd00::1]:5051")).contains(new PeerAddress("fd00::1", 5051));
    assertThat(PeerAddress.parse("node-1.tarn:5051"))
        .contains(new PeerAddress("node-1.tarn", 5051));
  }

  @Test
  void onlyAddressesNeedNoLookUp() {
    assertThat(new PeerAddress("10.0.0.1", 1).literal()).isPresent();
    assertThat(new PeerAddress("fd00::1", 1).literal()).isPresent();
    assertThat(new PeerAddress("node-1", 1).literal()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ":1", "a", "a:", "a:0", "a:65536", "a:-1", "a:123456", "[]:1"})
  void anythingElseIsNone(String text) {
    assertThat(PeerAddress.parse(text)).isEmpty();
  }
}
