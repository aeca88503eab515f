package dev.tarn.agent.hosts;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.core.name.RegistryHost;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TranslationTest {
  private static final String MIRROR = "http://127.0.0.1:5050";
  private static final Target HUB = new Target.OfRegistry(RegistryHost.DOCKER_HUB);
  private static final String PEM = "-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----\n";
  private static final Map<String, String> FILES =
      Map.of("a.crt", PEM, "/etc/b.crt", "b" + PEM.strip(), "empty.crt", "nothing");

  @Test
  void hostsComeInTheOrderOfTheirHeadersAndTheServerLast() {
    String file =
        """
        server = "https://s.example"
        [host."https://b.example"]
          capabilities = ["pull", "resolve"]
        [host."a.example:5000"]
        [host."http://c.example"]
          capabilities = ["PULL", "Resolve", "push", "referrers"]
          dial_timeout = "3s"
        """;

    assertThat(urls(file))
        .containsExactly(
            "https://b.example", "https://a.example:5000", "http://c.example", "https://s.example");
  }

  @Test
  void withoutAServerItIsTheRegistryItself() {
    assertThat(urls("[host.\"https://b.example\"]\n"))
        .containsExactly("https://b.example", "https://registry-1.docker.io");
    assertThat(urls("")).containsExactly("https://registry-1.docker.io");
    assertThat(urls("", registry("r.example:5000"))).containsExactly("https://r.example:5000");
    assertThat(urls("", registry("localhost:5001"))).containsExactly("http://localhost:5001");
    assertThat(urls("", registry("localhost"))).containsExactly("https://localhost");
  }

  @Test
  void theMirrorItselfIsNobodyToAskBehindIt() {
    assertThat(urls("server = \"http://localhost:5050\"\n[host.\"https://b.example\"]\n"))
        .containsExactly("https://b.example");
  }

  @Test
  void aMirrorOnTheNodeIsAskedLikeAnyOther() {
    assertThat(urls("[host.\"http://127.0.0.1:5000\"]\n[host.\"http://localhost:30020\"]\n"))
        .containsExactly(
            "http://127.0.0.1:5000", "http://localhost:30020", "https://registry-1.docker.io");
  }

  @Test
  void whoIsOnlyPushedToIsNotAsked() {
    assertThat(urls("[host.\"https://b.example\"]\ncapabilities = [\"push\"]\n"))
        .containsExactly("https://registry-1.docker.io");
  }

  @ParameterizedTest
  @CsvSource({
    "https://h.example, false, https://h.example",
    "https://h.example/, false, https://h.example",
    "https://h.example/v2, false, https://h.example",
    "https://h.example/v2/, true, https://h.example",
    "https://h.example/hub, false, https://h.example/hub",
    "https://h.example/hub/v2, false, https://h.example/hub",
    "https://h.example/hubv2, false, https://h.example/hubv2",
    "https://h.example/v2/hub, true, https://h.example/v2/hub",
    "https://h.example/v2/hub, false, https://h.example/v2/hub/v2",
    "https://H.example/v2/v2, false, https://h.example/v2/v2",
    "h.example/x, false, https://h.example/x",
  })
  void aPathMeansWhatItMeansToContainerd(String url, boolean override, String expected) {
    String file = "server = \"" + url + "\"\noverride_path = " + override + "\n";

    assertThat(urls(file)).containsExactly(expected);
  }

  @Test
  void certificatesAreReadFromWhereTheFileNamesThem() {
    String file =
        """
        server = "https://s.example"
        ca = ["a.crt", "/etc/b.crt"]
        [host."https://b.example"]
          ca = "a.crt"
          skip_verify = false
        """;

    List<UpstreamHost> hosts = known(file, HUB);
    assertThat(hosts.get(0).ca()).contains(PEM);
    assertThat(hosts.get(1).ca()).contains(PEM + "b" + PEM);
  }

  @Test
  void certificatesBesideNoFileAreThoseOfTheRegistryItself() {
    Entry entry = new Entry(HUB, MIRROR, List.of("a.crt"));

    assertThat(HostsToml.chain(new byte[0], entry, TranslationTest::read))
        .isInstanceOfSatisfying(
            Chain.Known.class, known -> assertThat(known.hosts().getFirst().ca()).contains(PEM));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "client = \"x.pem\"",
        "client = [[\"x.cert\", \"x.key\"]]",
        "skip_verify = true",
        "skip_verify = \"no\"",
        "override_path = 1",
        "capabilities = [\"pull\"]",
        "capabilities = [\"resolve\", \"push\"]",
        "capabilities = [\"mirror\"]",
        "capabilities = [1]",
        "capabilities = \"pull\"",
        "ca = 1",
        "ca = [1]",
        "ca = \"missing.crt\"",
        "ca = \"empty.crt\"",
        "ca = \"a\\u0000b\"",
        "[host.\"https://b.example\".header]\nx = \"y\"",
      })
  void whatTheMirrorCannotDoLeavesTheRegistryAlone(String key) {
    assertThat(opaque("[host.\"https://b.example\"]\n" + key + "\n")).isNotBlank();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "server = 1",
        "server = \"ftp://s.example\"",
        "server = \"https://u:p@s.example\"",
        "server = \"https://s.example?x\"",
        "server = \"https://s.example/a//b\"",
        "server = \"https://s.example/a/../b\"",
        "server = \"https://s.example/%41\"",
        "server = \"https://s example\"",
        "server = \"httpbin\"",
        "server = \"https://s.example/api\"\noverride_path = true",
        "server = \"https://s.example\"\noverride_path = true",
        "server = \"http://s.example\"\nca = \"a.crt\"",
        "server = \"http://s.example\"\nskip_verify = false",
        "capabilities = [\"push\"]",
        "skip_verify = true",
        "[header]\nx = \"y\"",
      })
  void theSameHoldsForTheServer(String keys) {
    assertThat(opaque(keys + "\n")).isNotBlank();
  }

  @Test
  void serversForEveryRegistryCannotBeTheMirrors() {
    Entry entry = new Entry(new Target.OfAllOthers(), MIRROR, List.of());
    byte[] file = "server = \"https://s.example\"\n".getBytes(StandardCharsets.UTF_8);

    assertThat(HostsToml.chain(file, entry, TranslationTest::read))
        .isInstanceOf(Chain.Opaque.class);
    assertThat(HostsToml.chain(new byte[0], entry, TranslationTest::read))
        .isEqualTo(new Chain.Known(List.of()));
  }

  private static Target registry(String host) {
    return new Target.OfRegistry(new RegistryHost(host));
  }

  private static List<String> urls(String file) {
    return urls(file, HUB);
  }

  private static List<String> urls(String file, Target target) {
    return known(file, target).stream().map(host -> host.url().toString()).toList();
  }

  private static List<UpstreamHost> known(String file, Target target) {
    Chain chain = chain(file, target);
    assertThat(chain).isInstanceOf(Chain.Known.class);
    return ((Chain.Known) chain).hosts();
  }

  private static String opaque(String file) {
    Chain chain = chain(file, HUB);
    assertThat(chain).isInstanceOf(Chain.Opaque.class);
    return ((Chain.Opaque) chain).why();
  }

  private static Chain chain(String file, Target target) {
    return HostsToml.chain(
        file.getBytes(StandardCharsets.UTF_8),
        new Entry(target, MIRROR, List.of()),
        TranslationTest::read);
  }

  private static byte[] read(String name) throws IOException {
    String text = FILES.get(name);
    if (text == null) {
      throw new NoSuchFileException(name);
    }
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
