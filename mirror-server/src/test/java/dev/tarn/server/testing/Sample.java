package dev.tarn.server.testing;

import dev.tarn.core.digest.Digest;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;

/** Content to put behind a {@link ScriptedUpstream}, in the repository {@code library/app}. */
@SuppressWarnings("ArrayRecordComponent")
public record Sample(byte[] bytes, Digest digest, String kind) {
  public static final String REPOSITORY = "/v2/library/app/";
  public static final String MANIFEST_TYPE = "application/vnd.oci.image.manifest.v1+json";

  /** What containerd says that it takes when it resolves a tag. */
  public static final String ACCEPT =
      "Accept: application/vnd.docker.distribution.manifest.v2+json,"
          + " application/vnd.docker.distribution.manifest.list.v2+json,"
          + " application/vnd.oci.image.manifest.v1+json,"
          + " application/vnd.oci.image.index.v1+json, */*";

  public static final String NS = "?ns=" + MirrorFixture.REGISTRY;

  /** A blob of random bytes that {@code seed} determines. */
  public static Sample blob(long seed, int size) {
    byte[] bytes = new byte[size];
    new Random(seed).nextBytes(bytes);
    return new Sample(bytes, Digest.sha256(bytes), "blobs/");
  }

  /** A manifest that differs by {@code seed}. */
  public static Sample manifest(long seed) {
    byte[] bytes =
        ("{\"schemaVersion\":2,\"mediaType\":\""
                + MANIFEST_TYPE
                + "\",\"annotations\":{\"seed\":\""
                + seed
                + "\"}}")
            .getBytes(StandardCharsets.UTF_8);
    return new Sample(bytes, Digest.sha256(bytes), "manifests/");
  }

  /** Where upstream has it. */
  public String path() {
    return REPOSITORY + kind + digest;
  }

  /** What a client asks the mirror for. */
  public String uri() {
    return path() + NS;
  }

  /** Upstream's right answer. */
  public Reply reply() {
    return kind.equals("blobs/") ? Reply.blob(bytes) : Reply.manifest(MANIFEST_TYPE, bytes);
  }

  /** The bytes from {@code start} up to {@code end}. */
  public byte[] part(int start, int end) {
    return Arrays.copyOfRange(bytes, start, end);
  }

  public int size() {
    return bytes.length;
  }

  /** Where upstream has a tag of the repository. */
  public static String tagPath(String tag) {
    return REPOSITORY + "manifests/" + tag;
  }

  /** What a client asks the mirror for to resolve a tag. */
  public static String tagUri(String tag) {
    return tagPath(tag) + NS;
  }
}
