package dev.tarn.agent.containerd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.agent.files.HostRoot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class LayoutTest {
  private static final String ONE_ROOT =
      """
      version = 3
      [plugins."io.containerd.cri.v1.images".registry]
        config_path = "%s"
      """;

  @TempDir Path mount;

  @ParameterizedTest
  @CsvSource({
    "k3s, /var/lib/rancher/k3s/agent/etc/containerd/config.toml,"
        + " /var/lib/rancher/k3s/agent/etc/containerd/certs.d, ''",
    "rke2, /var/lib/rancher/rke2/agent/etc/containerd/config.toml,"
        + " /var/lib/rancher/rke2/agent/etc/containerd/certs.d, ''",
    "k0s, /etc/k0s/containerd.toml, /etc/containerd/certs.d, ''",
    "talos, /etc/cri/containerd.toml, /etc/cri/conf.d/hosts, ''",
    "kind, /etc/containerd/config.toml, /etc/containerd/certs.d, /kind/version",
    "minikube, /etc/containerd/config.toml, /etc/containerd/certs.d, /var/lib/minikube/certs/ca.crt",
    "eks, /etc/containerd/config.toml, /etc/containerd/certs.d, /etc/eks/image-credential-provider",
    "aks, /etc/containerd/config.toml, /etc/containerd/certs.d, /etc/kubernetes/azure.json",
    "gke, /etc/containerd/config.toml, /etc/containerd/certs.d, /home/kubernetes/bin/kubelet",
    "kubeadm, /etc/containerd/config.toml, /etc/containerd/certs.d,"
        + " /var/lib/kubelet/kubeadm-flags.env"
  })
  void isRecognisedByItsFiles(String name, String config, String root, String sign)
      throws IOException {
    file(config, ONE_ROOT.formatted(root));
    if (!sign.isEmpty()) {
      file(sign, "");
    }

    Findings findings = find(Hints.NONE);

    assertThat(findings.layout()).contains(name);
    assertThat(findings.files()).containsExactly(config);
    assertThat(findings.roots()).containsExactly(root);
    assertThat(findings.prospect()).isEqualTo(new Prospect.Effective());
  }

  @Test
  void bottlerocketIsRecognisedByWhatItSaysItIs() throws IOException {
    file("/etc/os-release", "NAME=Bottlerocket\nID=bottlerocket\nVERSION=\"1.50.0\"\n");
    file("/etc/containerd/config.toml", ONE_ROOT.formatted("/etc/containerd/certs.d"));

    assertThat(find(Hints.NONE).layout()).contains("bottlerocket");
  }

  @Test
  void whatIsMadeOfKubeadmIsNotTakenForIt() throws IOException {
    file("/var/lib/kubelet/kubeadm-flags.env", "");
    file("/kind/version", "v1.36.0");

    assertThat(Layout.recognise(new HostRoot(mount)).map(Layout::name)).contains("kind");
  }

  @Test
  void otherwiseContainerdsOwnDefaultsCount() throws IOException {
    file("/etc/containerd/config.toml", ONE_ROOT.formatted("/etc/containerd/certs.d"));

    Findings findings = find(Hints.NONE);

    assertThat(findings.layout()).isEmpty();
    assertThat(findings.files()).containsExactly("/etc/containerd/config.toml");
  }

  @Test
  void aNamedOneCountsMoreThanWhatIsThere() throws IOException {
    file("/etc/containerd/config.toml", ONE_ROOT.formatted("/etc/containerd/certs.d"));
    String k3s = "/var/lib/rancher/k3s/agent/etc/containerd";
    file(k3s + "/config.toml", ONE_ROOT.formatted(k3s + "/certs.d"));

    Hints hints =
        new Hints(Optional.empty(), Layout.named("plain"), Optional.empty(), Optional.empty());

    assertThat(find(hints).files()).containsExactly("/etc/containerd/config.toml");
  }

  @Test
  void theFixSaysHowAGeneratedConfigurationIsChanged() throws IOException {
    file("/var/lib/rancher/k3s/agent/etc/containerd/config.toml", "version = 3\n");

    assertThat(find(Hints.NONE).prospect())
        .isInstanceOfSatisfying(
            Prospect.Ineffective.class,
            ineffective ->
                assertThat(ineffective.fix())
                    .contains("/var/lib/rancher/k3s/agent/etc/containerd/certs.d")
                    .contains("in a template beside"));
  }

  @Test
  void k0sIsReadThroughItsImport() throws IOException {
    file(
        "/etc/k0s/containerd.toml",
        """
        # k0s_managed=true
        version = 2
        imports = [
          "/run/k0s/containerd-cri.toml",
        ]
        """);
    file(
        "/run/k0s/containerd-cri.toml",
        """
        version = 2
        [plugins."io.containerd.grpc.v1.cri".registry]
          config_path = "/etc/k0s/certs.d"
        """);

    Findings findings = find(Hints.NONE);

    assertThat(findings.files())
        .containsExactly("/etc/k0s/containerd.toml", "/run/k0s/containerd-cri.toml");
    assertThat(findings.roots()).containsExactly("/etc/k0s/certs.d");
    assertThat(findings.prospect()).isEqualTo(new Prospect.Effective());
  }

  static List<Layout> known() {
    return Layout.KNOWN;
  }

  @ParameterizedTest
  @MethodSource("known")
  void canBeNamed(Layout layout) {
    assertThat(Layout.named(layout.name())).contains(layout);
    assertThat(layout.configs()).isNotEmpty().allMatch(path -> path.startsWith("/"));
    assertThat(layout.binaries()).isNotEmpty().allMatch(path -> path.startsWith("/"));
    assertThat(layout.root()).startsWith("/");
    assertThat(layout.socket()).startsWith("/");
  }

  private Findings find(Hints hints) {
    return new Finder(new HostRoot(mount), binaries -> Optional.empty()).find(hints);
  }

  private void file(String hostPath, String text) throws IOException {
    Path path = mount.resolve(hostPath.substring(1));
    Files.createDirectories(Objects.requireNonNull(path.getParent()));
    Files.writeString(path, text);
  }
}
