package dev.tarn.agent.setup;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DumpTest {
  private static final String TRANSFER =
      """
      version = 4
      imports = ["/x"]
      [plugins."io.containerd.cri.v1.images"]
        discard_unpacked_layers = false
        disable_snapshot_annotations = true
        image_pull_with_sync_fs = false
        max_concurrent_downloads = 3
        use_local_image_pull = false
      [plugins."io.containerd.cri.v1.images".registry]
        config_path = "/etc/containerd/certs.d:/etc/docker/certs.d"
      [plugins."io.containerd.server.v1.grpc"]
        address = "/run/other.sock"
      """;

  @Test
  void noConfigPathIsIneffective() {
    assertThat(first("").ineffective()).isPresent();
    assertThat(first("config_path = \"\"").ineffective()).isPresent();
  }

  @Test
  void oneOrSeveralAreEffectiveWithoutTheTransferService() {
    assertThat(first("config_path = \"/a\"").ineffective()).isEmpty();
    assertThat(first("config_path = \"/a:/b\"").ineffective()).isEmpty();
  }

  @Test
  void severalAreIneffectiveWithTheTransferService() {
    assertThat(parse(TRANSFER).ineffective()).isPresent();
    assertThat(parse(TRANSFER.replace(":/etc/docker/certs.d", "")).ineffective()).isEmpty();
  }

  @Test
  void severalAreEffectiveWherePullsAreLocal() {
    for (String[] change :
        new String[][] {
          {"discard_unpacked_layers = false", "discard_unpacked_layers = true"},
          {"disable_snapshot_annotations = true", "disable_snapshot_annotations = false"},
          {"image_pull_with_sync_fs = false", "image_pull_with_sync_fs = true"},
          {"max_concurrent_downloads = 3", "max_concurrent_downloads = 4"},
          {"use_local_image_pull = false", "use_local_image_pull = true"},
        }) {
      assertThat(parse(TRANSFER.replace(change[0], change[1])).ineffective())
          .as(change[1])
          .isEmpty();
    }
  }

  @Test
  void mirrorsAndTlsConflictAndCredentialsDoNot() {
    String table = "[plugins.\"io.containerd.grpc.v1.cri\".registry.";
    assertThat(first(table + "mirrors.\"docker.io\"]\nendpoint = [\"x\"]").conflict()).isPresent();
    assertThat(first(table + "configs.\"h\".tls]\nca_file = \"x\"").conflict()).isPresent();
    assertThat(first(table + "configs.\"h\".auth]\nusername = \"x\"").conflict()).isEmpty();
    assertThat(first(table + "mirrors]").conflict()).isEmpty();
  }

  @Test
  void theSocketIsWhereThisReleaseNamesIt() {
    assertThat(parse(TRANSFER).socket()).isEqualTo("/run/other.sock");
    assertThat(first("\n[grpc]\naddress = \"/run/c.sock\"").socket()).isEqualTo("/run/c.sock");
    assertThat(first("").socket()).isEqualTo("/run/containerd/containerd.sock");
  }

  @Test
  void differencesNameSettingsWithoutConfigPathAndFiles() {
    Dump other =
        parse(
            TRANSFER
                .replace("max_concurrent_downloads = 3", "max_concurrent_downloads = 4")
                .replace("/x", "/y")
                .replace("certs.d:", "other:"));

    assertThat(parse(TRANSFER).differences(other))
        .containsExactly("plugins.io.containerd.cri.v1.images.max_concurrent_downloads");
    assertThat(parse(TRANSFER).differences(parse(TRANSFER))).isEmpty();
  }

  @Test
  void whatHasNoCriIsNoDump() {
    assertThat(Dump.parse("version = 2\n")).isEmpty();
    assertThat(Dump.parse("containerd: command not found")).isEmpty();
  }

  private static Dump first(String registry) {
    return parse(
        "version = 2\n[plugins.\"io.containerd.grpc.v1.cri\".registry]\n" + registry + "\n");
  }

  private static Dump parse(String text) {
    return Dump.parse(text).orElseThrow();
  }
}
