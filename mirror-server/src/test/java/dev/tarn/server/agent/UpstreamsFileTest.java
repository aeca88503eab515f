package dev.tarn.server.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.tarn.core.name.RegistryHost;
import dev.tarn.server.files.UnusableException;
import dev.tarn.server.testing.TestCertificate;
import dev.tarn.server.upstream.Authorities;
import dev.tarn.server.upstream.Origin;
import dev.tarn.server.upstream.Reach;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UpstreamsFileTest {
  private static final String HUB_IS = "\"docker.io\": ";
  private static final String QUAY_IS = "\"quay.io\": ";
  private static final String ONE = "{\"url\": \"https://a.io\"}";
  private static final RegistryHost QUAY = new RegistryHost("quay.io");
  private static final Reach REACH = new Reach.BeyondTheMirror(5050, "tarn-x");

  private static UpstreamsFile parse(String json) throws UnusableException {
    return UpstreamsFile.parse(
        json.getBytes(StandardCharsets.UTF_8), Set.of(RegistryHost.DOCKER_HUB, QUAY), REACH);
  }

  /** What is wrong with quay.io, while nothing is with Docker Hub. */
  private static String why(String chain) throws UnusableException {
    UpstreamsFile file =
        parse("{\"registries\": {" + QUAY_IS + chain + ", " + HUB_IS + "[" + ONE + "]}}");
    assertThat(file.chains()).containsOnlyKeys(RegistryHost.DOCKER_HUB);
    assertThat(file.strangers()).isEmpty();
    assertThat(file.leftOut()).containsOnlyKeys(QUAY);
    return String.valueOf(file.leftOut().get(QUAY));
  }

  private static String of(String url) {
    return "{\"registries\": {\"quay.io\": [{\"url\": \"" + url + "\"}]}}";
  }

  @Test
  void eachRegistryHasItsChainInOrder(@TempDir Path directory) throws Exception {
    String pem = Files.readString(TestCertificate.make(directory, "dns:harbor.example").pem());
    String json =
        """
        {"registries": {
          "docker.io": [
            {"url": "https://harbor.example/v2/hub", "ca": "%s"},
            {"url": "http://10.0.0.9:8080"},
            {"url": "https://registry-1.docker.io"}],
          "quay.io": [{"ca": null, "url": "https://quay.io"}]}}
        """
            .formatted(pem.replace("\n", "\\n").replace("\r", ""));

    Map<RegistryHost, List<Origin>> chains = parse(json).chains();

    assertThat(chains.keySet()).containsExactlyInAnyOrder(RegistryHost.DOCKER_HUB, QUAY);
    List<Origin> hub = chains.getOrDefault(RegistryHost.DOCKER_HUB, List.of());
    assertThat(hub)
        .extracting(origin -> origin.base().toString())
        .containsExactly(
            "https://harbor.example/v2/hub",
            "http://10.0.0.9:8080",
            "https://registry-1.docker.io");
    assertThat(hub.getFirst())
        .isEqualTo(
            new Origin(
                URI.create("https://harbor.example/v2/hub"),
                Optional.of(new Authorities.InText(pem.replace("\r", ""))),
                REACH,
                Optional.of(RegistryHost.DOCKER_HUB)));
  }

  @Test
  void nothingNamedIsNothingFollowed() throws UnusableException {
    assertThat(parse("{}").chains()).isEmpty();
    assertThat(parse("{\"registries\": {}}").chains()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "{",
        "{} {}",
        "{\"registries\": []}",
        "{\"registry\": {}}",
        "{\"registries\": {\"quay.io\": [{\"url\": \"https://a.io\"}]",
        "{\"registries\": {\"quay.io\": [{\"url\": \"https://a.io\"}], \"quay.io\": []}}",
      })
  void whatIsNoSuchFileIsRefusedAsAWhole(String json) {
    assertThat(catchThrowableOfType(UnusableException.class, () -> parse(json)).why())
        .isNotBlank()
        .doesNotContain("a.io");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "7",
        "null",
        "[]",
        "[7]",
        "[{}]",
        "[[{}]]",
        "{\"url\": [{\"url\": \"https://a.io\"}]}",
        "[{\"url\": 7}]",
        "[{\"url\": {\"url\": [\"https://a.io\"]}}]",
        "[{\"url\": \"https://a.io\", \"skip_verify\": true}]",
        "[{\"url\": \"https://a.io\", \"header\": {\"a\": [1, {}]}}, {\"url\": \"https://b.io\"}]",
        "[{\"url\": \"https://a.io\", \"ca\": \"none\"}]",
        "[{\"url\": \"https://a.io\", \"ca\": []}]",
        "[{\"url\": \"https://a.io\"}, 7]",
      })
  void aRegistryOfWhichSomethingMakesNoSenseIsLeftOutAndTheOthersAreNot(String chain)
      throws UnusableException {
    assertThat(why(chain)).isNotBlank().doesNotContain("a.io");
  }

  @Test
  void aRegistryThatIsThereTwiceIsLeftOut() throws UnusableException {
    UpstreamsFile file =
        parse(
            "{\"registries\": {%s[%s], \"index.docker.io\": [%s], %s[%s]}}"
                .formatted(HUB_IS, ONE, ONE, QUAY_IS, ONE));

    assertThat(file.chains()).containsOnlyKeys(QUAY);
    assertThat(file.leftOut()).containsOnlyKeys(RegistryHost.DOCKER_HUB);
  }

  @ParameterizedTest
  @ValueSource(strings = {"evil.io", "canary.tarn.invalid", "_default", "*", "", "not a host"})
  void aRegistryThatIsNotServedIsPassedOver(String name) throws UnusableException {
    UpstreamsFile file =
        parse(
            "{\"registries\": {\"%s\": [{\"url\": [{}]}], %s[%s]}}".formatted(name, QUAY_IS, ONE));

    assertThat(file.chains()).containsOnlyKeys(QUAY);
    assertThat(file.leftOut()).isEmpty();
    assertThat(file.strangers()).containsOnly(name.contains(".") ? name : "?");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ftp://a.io",
        "a.io",
        "https://",
        "https://user:password@a.io",
        "https://a.io/?q",
        "https://a.io/#f",
        "https://a b",
        "https://a.io:99999",
      })
  void whatIsNoUpstreamsUrlIsRefused(String url) throws UnusableException {
    assertThat(why("[{\"url\": \"" + url + "\"}]")).isEqualTo("an upstream has no valid URL");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://127.0.0.1:5050",
        "http://127.8.0.1:5050",
        "http://[::1]:5050",
        "http://[::ffff:127.0.0.1]:5050",
        "http://localhost:5050",
        "http://mirror.localhost",
        "http://0.0.0.0:5050",
        "http://169.254.169.254/latest",
        "http://[fe80::1]",
        "http://[64:ff9b::7f00:1]",
        "http://224.0.0.1",
      })
  void noneMayBeWhereTheMirrorItselfListensOrWhereCloudsKeepTheirs(String url)
      throws UnusableException {
    assertThat(why("[" + ONE + ", {\"url\": \"" + url + "\"}]"))
        .isEqualTo("an upstream is where none may be");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://10.1.2.3",
        "http://192.168.1.1:5000",
        "https://harbor.internal",
        "http://127.0.0.1:5000",
        "http://127.8.0.1:5000",
        "http://[::1]:5000",
        "http://LOCALHOST:5000",
      })
  void aPrivateAddressOrTheNodeItselfIsWhereMostOperatorsHaveTheirs(String url)
      throws UnusableException {
    assertThat(parse(of(url)).chains()).hasSize(1);
  }

  @Test
  void aMirrorIsToldForWhomItIsAskedAndTheRegistryItselfIsNot() throws UnusableException {
    Map<RegistryHost, List<Origin>> chains =
        parse(
                """
                {"registries": {
                  "docker.io": [{"url": "http://127.0.0.1:5000"},
                                {"url": "https://docker.io"},
                                {"url": "https://registry-1.docker.io"}],
                  "quay.io": [{"url": "https://quay.io:8443"}, {"url": "https://quay.io"}]}}
                """)
            .chains();

    assertThat(chains.getOrDefault(RegistryHost.DOCKER_HUB, List.of()))
        .extracting(Origin::named)
        .containsExactly(Optional.of(RegistryHost.DOCKER_HUB), Optional.empty(), Optional.empty());
    assertThat(chains.getOrDefault(QUAY, List.of()))
        .extracting(Origin::named)
        .containsExactly(Optional.of(QUAY), Optional.empty());
  }

  @Test
  void aChainHasAnEnd() throws UnusableException {
    String one = "{\"url\": \"https://a.io\"}";
    String many = IntStream.range(0, 16).mapToObj(_ -> one).collect(Collectors.joining(","));

    assertThat(parse("{\"registries\": {\"quay.io\": [" + many + "]}}").chains()).hasSize(1);
    assertThat(why("[" + many + "," + one + "]")).contains("more than 16");
  }
}
