package dev.tarn.e2e.laptop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.e2e.kube.Trees;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class NodeFilesTest {
  @Test
  void containerdIsConfiguredInTheWordsOfItsVersion() {
    assertThat(NodeFiles.containerd(ContainerdVersion.DEBIAN, "r:5000/pause:1"))
        .contains("version = 2", "sandbox_image = \"r:5000/pause:1\"");
    assertThat(NodeFiles.containerd(ContainerdVersion.V1_7, "r:5000/pause:1"))
        .contains("version = 2");
    assertThat(NodeFiles.containerd(ContainerdVersion.V2_2, "r:5000/pause:1"))
        .contains("version = 3", "sandbox = \"r:5000/pause:1\"");
  }

  @Test
  void thePodsOfANodeHaveItsNetworkAlone() {
    assertThat(
            Trees.text(
                Trees.json(NodeFiles.podNetwork("10.107.27.0/24")),
                "plugins.0.ipam.ranges.0.0.subnet"))
        .isEqualTo("10.107.27.0/24");
  }

  @Test
  void theKubeletPutsPodsBelowTheGroupThatItIsTold() {
    String yaml =
        NodeFiles.kubelet(
            Path.of("/w/ca.crt"),
            Path.of("/w/n.crt"),
            Path.of("/w/n.key"),
            "/tarn-kube-1-1/node-1");

    assertThat(Trees.text(Trees.yaml(yaml), "cgroupRoot")).isEqualTo("/tarn-kube-1-1/node-1");
    assertThat(Trees.text(Trees.yaml(yaml), "authentication.x509.clientCAFile"))
        .isEqualTo("/w/ca.crt");
  }
}
