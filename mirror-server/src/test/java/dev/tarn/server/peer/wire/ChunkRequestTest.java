package dev.tarn.server.peer.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.core.digest.Digest;
import dev.tarn.core.name.BlobKey;
import dev.tarn.core.name.RepositoryName;
import dev.tarn.core.planner.Event.FetchFailure;
import dev.tarn.core.planner.Question;
import dev.tarn.core.proof.Voucher;
import dev.tarn.server.testing.Keys;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ChunkRequestTest {
  private static final Digest DIGEST =
      Digest.parse("sha256:" + "0123456789abcdef".repeat(4)).orElseThrow();
  private static final BlobKey BLOB = Keys.of(DIGEST);
  private static final String PATH = "/peer/v1/blobs/example.com/" + DIGEST + "/chunks/";

  @Test
  void aRequestIsSpeltAsTheProtocolSays() {
    assertThat(new ChunkRequest(BLOB, 7, 123, true).target())
        .isEqualTo(PATH + "7?offset=123&leased=1");
    assertThat(new ChunkRequest(BLOB, Question.WHOLE, 0, false).target())
        .isEqualTo(PATH + "whole?offset=0");
  }

  @Test
  void whatIsSpeltIsRead() {
    ChunkRequest some = new ChunkRequest(BLOB, 7, 5_000_000_000L, true);
    assertThat(ChunkRequest.parse(some.target())).contains(some);
    ChunkRequest whole = new ChunkRequest(BLOB, Question.WHOLE, 0, false);
    assertThat(ChunkRequest.parse(whole.target())).contains(whole);
    assertThat(ChunkRequest.parse(PATH + "7?later=x&offset=5"))
        .contains(new ChunkRequest(BLOB, 7, 5, false));
    assertThat(ChunkRequest.parse(PATH + "7")).contains(new ChunkRequest(BLOB, 7, 0, false));
  }

  @Test
  void aRequestMayTellTheRepository() {
    ChunkRequest telling =
        new ChunkRequest(BLOB, 7, 123, true, RepositoryName.parse("team-1/my.app").orElseThrow());
    assertThat(telling.target()).isEqualTo(PATH + "7?offset=123&leased=1&repository=team-1/my.app");
    assertThat(ChunkRequest.parse(telling.target())).contains(telling);
    assertThat(ChunkRequest.parse(PATH + "7?repository=NO"))
        .contains(new ChunkRequest(BLOB, 7, 0, false));
  }

  @Test
  void aWordIsReadAsItWasMeantAndAnotherOneIsNone() {
    for (Voucher voucher :
        List.of(
            new Voucher(true, "application/octet-stream", 0),
            new Voucher(false, "a/b; c=\"d\"", 7))) {
      assertThat(
              VoucherHeaders.parse(
                  VoucherHeaders.readable(voucher),
                  voucher.mediaType(),
                  Long.toString(voucher.ageSeconds())))
          .contains(voucher);
    }
    assertThat(VoucherHeaders.parse("", "a/b", "0")).isEmpty();
    assertThat(VoucherHeaders.parse("anybody", "a/b", "")).isEmpty();
    assertThat(VoucherHeaders.parse("anybody", "a/b", "-1")).isEmpty();
    assertThat(VoucherHeaders.parse("anybody", "a/b", "1234567890")).isEmpty();
    assertThat(VoucherHeaders.parse("everybody", "a/b", "0")).isEmpty();
    assertThat(VoucherHeaders.parse("anybody", "", "0")).isEmpty();
    assertThat(VoucherHeaders.parse("anybody", "a/b\r\nX: y", "0")).isEmpty();
    assertThat(VoucherHeaders.parse("anybody", "a".repeat(128), "0")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/",
        "/peer/v1/blobs/",
        "/peer/v1/blobs/x/chunks/1",
        "/peer/v1/blobs/example.com/chunks/1",
        "/peer/v1/blobs/example.com/x/chunks/1",
        "/peer/v1/blobs/-/sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
            + "/chunks/1",
        "/peer/v1/blobs/sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
            + "/chunks/1",
        "P",
        "P-1",
        "P1x",
        "P2147483648",
        "P1?offset=-1",
        "P1?offset=1e3",
        "P1?offset=9999999999999999999",
        "/peer/v1/blobs/chunks/1",
        "/chunks/1",
      })
  void anythingElseAsksForNoChunk(String target) {
    assertThat(ChunkRequest.parse(target.startsWith("P") ? PATH + target.substring(1) : target))
        .isEmpty();
  }

  @ParameterizedTest
  @EnumSource(
      value = FetchFailure.class,
      names = {"BUSY", "NOT_AHEAD", "GONE", "MISMATCH"})
  void aRefusalReadsAsItWasMeant(FetchFailure reason) {
    assertThat(PeerProtocol.failureOf(PeerProtocol.statusOf(reason), PeerProtocol.wordOf(reason)))
        .contains(reason);
  }

  @Test
  void aRefusalOfALaterVersionIsReadByItsStatus() {
    assertThat(PeerProtocol.failureOf(429, "tired")).contains(FetchFailure.BUSY);
    assertThat(PeerProtocol.failureOf(409, "odd")).contains(FetchFailure.NOT_AHEAD);
    assertThat(PeerProtocol.failureOf(418, "teapot")).isEmpty();
    assertThat(PeerProtocol.failureOf(404, "")).isEmpty();
    assertThat(PeerProtocol.failureOf(200, "denied")).isEmpty();
  }
}
