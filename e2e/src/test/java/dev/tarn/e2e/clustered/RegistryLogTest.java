package dev.tarn.e2e.clustered;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RegistryLogTest {
  private static final String LOG =
      """
      time="2026-11-23T14:00:00Z" level=warning msg="No HTTP secret provided"
      127.0.0.1 - - [23/Nov/2026:14:00:01 +0000] "HEAD /v2/a/b/manifests/1 HTTP/1.1" 200 480 "" "tarn/1"
      127.0.0.1 - - [23/Nov/2026:14:00:01 +0000] "GET /v2/a/b/manifests/sha256:11 HTTP/1.1" 200 480 "" "tarn/1"
      127.0.0.1 - - [23/Nov/2026:14:00:02 +0000] "GET /v2/a/b/blobs/sha256:22 HTTP/1.1" 206 1000 "" "tarn/1"
      127.0.0.1 - - [23/Nov/2026:14:00:02 +0000] "GET /v2/a/b/blobs/sha256%3A33 HTTP/1.1" 200 20 "" "containerd/2"
      127.0.0.1 - - [23/Nov/2026:14:00:03 +0000] "GET /v2/a/b/blobs/sha256:44 HTTP/1.1" 404 99 "" "tarn/1"
      """;

  @Test
  void bodiesThatWereSentAreCounted() {
    RegistryLog log = RegistryLog.parse(LOG);

    assertThat(log.bytes()).isEqualTo(1_500);
    assertThat(log.count(RegistryLog.Sent::blob)).isEqualTo(2);
    assertThat(log.sent())
        .contains(new RegistryLog.Sent("a/b", true, "sha256:33", 20, "containerd/2"));
  }

  @Test
  void whatALogHadBeforeIsLeftOut() {
    RegistryLog before = RegistryLog.parse(LOG.lines().limit(3).reduce("", (a, b) -> a + b + "\n"));

    assertThat(RegistryLog.parse(LOG).since(before).bytes()).isEqualTo(1_020);
  }
}
