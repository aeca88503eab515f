package dev.tarn.server.upstream;

import static dev.tarn.server.upstream.UpstreamFixture.MANIFEST_PATH;
import static dev.tarn.server.upstream.UpstreamFixture.OCI_MANIFEST;
import static dev.tarn.server.upstream.UpstreamFixture.REPOSITORY;
import static dev.tarn.server.upstream.UpstreamFixture.TAG;
import static dev.tarn.server.upstream.UpstreamFixture.blobPath;
import static dev.tarn.server.upstream.UpstreamFixture.failed;
import static dev.tarn.server.upstream.UpstreamFixture.found;
import static dev.tarn.server.upstream.UpstreamFixture.randomBytes;
import static dev.tarn.server.upstream.UpstreamFixture.read;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.core.digest.Digest;
import dev.tarn.server.testing.Reply;
import dev.tarn.server.testing.ScriptedRequest;
import dev.tarn.server.upstream.UpstreamAnswer.NotFound;
import dev.tarn.server.upstream.UpstreamAnswer.Reason;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is sent to a registry that behaves, and what is made of its answers. */
class RegistryUpstreamTest {
  private static final byte[] MANIFEST = "{\"layers\":[]}".getBytes(StandardCharsets.UTF_8);

  private final UpstreamFixture fixture = new UpstreamFixture();

  @AfterEach
  void end() {
    fixture.close();
  }

  @Test
  void aManifestComesWithItsTypeDigestAndSize() throws IOException {
    fixture.upstream.on(MANIFEST_PATH, Reply.manifest(OCI_MANIFEST, MANIFEST));

    UpstreamAnswer answer = fixture.getManifest();

    UpstreamContent content = found(answer);
    assertThat(content.mediaType()).isEqualTo(OCI_MANIFEST);
    assertThat(content.digest()).contains(Digest.sha256(MANIFEST));
    assertThat(content.totalSize()).isEqualTo(MANIFEST.length);
    assertThat(content.anonymous()).isTrue();
    assertThat(read(answer)).isEqualTo(MANIFEST);
  }

  @Test
  void aRequestSaysWhoAsksAndWantsIdentity() throws IOException {
    fixture.upstream.on(MANIFEST_PATH, Reply.manifest(OCI_MANIFEST, MANIFEST));

    read(fixture.getManifest());

    ScriptedRequest request = fixture.upstream.requests().getFirst();
    assertThat(request.method()).isEqualTo("GET");
    assertThat(request.header("Host")).contains(fixture.upstream.authority());
    assertThat(request.header("User-Agent")).contains("tarn/test");
    assertThat(request.header("Accept-Encoding")).contains("identity");
    assertThat(request.header("Accept")).contains(OCI_MANIFEST);
    assertThat(request.header("Authorization")).isEmpty();
    assertThat(request.header("Range")).isEmpty();
  }

  @Test
  void aHeadReadsNoBodyAndTellsTheSize() throws IOException {
    fixture.upstream.on(MANIFEST_PATH, Reply.manifest(OCI_MANIFEST, MANIFEST));

    UpstreamAnswer answer =
        fixture.registry().headManifest(REPOSITORY, TAG, OCI_MANIFEST, Caller.anonymous());

    assertThat(found(answer).totalSize()).isEqualTo(MANIFEST.length);
    assertThat(read(answer)).isEmpty();
    assertThat(fixture.upstream.count("HEAD", MANIFEST_PATH)).isEqualTo(1);
  }

  @Test
  void oneConnectionCarriesRequestAfterRequest() throws IOException {
    byte[] blob = randomBytes(300_000);
    fixture.upstream.on(MANIFEST_PATH, Reply.manifest(OCI_MANIFEST, MANIFEST));
    fixture.upstream.on(blobPath(blob), Reply.blob(blob));

    for (int i = 0; i < 5; i++) {
      read(fixture.registry().headManifest(REPOSITORY, TAG, "", Caller.anonymous()));
      read(fixture.getManifest());
      assertThat(read(fixture.getBlob(blob, 0))).isEqualTo(blob);
    }

    assertThat(fixture.upstream.connections()).isEqualTo(1);
  }

  @Test
  void aBigBlobArrivesWholeHoweverItIsFramed() throws IOException {
    byte[] blob = randomBytes(20_000_000);
    Reply reply = Reply.blob(blob);
    fixture.upstream.on(blobPath(blob), reply, reply.chunked(), reply.endedByClose());

    assertThat(read(fixture.getBlob(blob, 0))).isEqualTo(blob);
    UpstreamAnswer chunked = fixture.getBlob(blob, 0);
    assertThat(found(chunked).totalSize()).isEqualTo(-1);
    assertThat(read(chunked)).isEqualTo(blob);
    UpstreamAnswer closed = fixture.getBlob(blob, 0);
    assertThat(found(closed).totalSize()).isEqualTo(-1);
    assertThat(read(closed)).isEqualTo(blob);
  }

  @Test
  void aBlobFromAnOffsetIsItsTail() throws IOException {
    byte[] blob = randomBytes(1000);
    fixture.upstream.on(blobPath(blob), Reply.blob(blob));

    UpstreamAnswer answer = fixture.getBlob(blob, 400);

    assertThat(found(answer).offset()).isEqualTo(400);
    assertThat(found(answer).totalSize()).isEqualTo(1000);
    assertThat(read(answer)).isEqualTo(java.util.Arrays.copyOfRange(blob, 400, 1000));
    assertThat(fixture.upstream.requests().getFirst().header("Range")).contains("bytes=400-");
  }

  @Test
  void aListingPassesItsLinkAlong() throws IOException {
    fixture.upstream.on(
        "/v2/library/alpine/tags/list",
        Reply.json("{\"tags\":[]}")
            .header("Link", "</v2/library/alpine/tags/list?n=2&last=b>; rel=\"next\"")
            .header("OCI-Filters-Applied", "artifactType"));

    UpstreamAnswer answer =
        fixture.registry().getListing(REPOSITORY, "tags/list?n=2", Caller.anonymous());

    assertThat(found(answer).link())
        .contains("</v2/library/alpine/tags/list?n=2&last=b>; rel=\"next\"");
    assertThat(found(answer).header("oci-filters-applied")).contains("artifactType");
    assertThat(new String(read(answer), StandardCharsets.UTF_8)).isEqualTo("{\"tags\":[]}");
    assertThat(fixture.upstream.requests().getFirst().query()).isEqualTo("n=2");
  }

  @Test
  void whatUpstreamDoesNotHaveIsNotFoundWithItsOwnWords() {
    fixture.upstream.on(MANIFEST_PATH, Reply.status(404));

    UpstreamAnswer answer = fixture.getManifest();

    assertThat(answer).isInstanceOf(NotFound.class);
    assertThat(((NotFound) answer).body().contentType()).isEqualTo("application/json");
    assertThat(((NotFound) answer).body().text()).contains("status 404");
  }

  @Test
  void aRequestThatHttpCannotCarryFailsAndCostsNoConnection() {
    Caller caller = Caller.withAuthorization("Bearer a\r\nX: y");

    assertThat(failed(fixture.registry().getManifest(REPOSITORY, TAG, "", caller)).reason())
        .isEqualTo(Reason.PROTOCOL);
    assertThat(fixture.client().pool().openConnections()).isZero();
    assertThat(fixture.upstream.connections()).isZero();
  }

  @Test
  void nobodyListeningIsAFailureToConnect() {
    fixture.upstream.close();

    assertThat(failed(fixture.getManifest()).reason()).isEqualTo(Reason.CONNECT);
  }
}
