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
  private static final RegistryHost QUAY = new RegistryHost("quay.io");
  private static final Reach REACH = new Reach.BeyondTheMirror(5050);

  private static UpstreamsFile parse(String json) throws UnusableException {
    return UpstreamsFile.parse(
        json.getBytes(StandardCharsets.UTF_8), Set.of(RegistryHost.DOCKER_HUB, QUAY), REACH);
  }

  private static String why(String json) {
    return catchThrowableOfType(UnusableException.class, () -> parse(json)).why();
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
                REACH));
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
        "{\"registries\": {\"quay.io\": {}}}",
        "{\"registries\": {\"quay.io\": []}}",
        "{\"registries\": {\"quay.io\": [7]}}",
        "{\"registries\": {\"quay.io\": [{}]}}",
        "{\"registries\": {\"quay.io\": [{\"url\": 7}]}}",
        "{\"registries\": {\"quay.io\": [{\"url\": \"https://a.io\", \"skip_verify\": true}]}}",
        "{\"registries\": {\"quay.io\": [{\"url\": \"https://a.io\", \"ca\": \"none\"}]}}",
        "{\"registries\": {\"quay.io\": [{\"url\": \"https://a.io\"}], \"quay.io\": []}}",
        "{\"registries\": {\"docker.io\": [{\"url\": \"https://a.io\"}],"
            + " \"index.docker.io\": [{\"url\": \"https://a.io\"}]}}",
        "{\"registries\": {\"evil.io\": [{\"url\": \"https://a.io\"}]}}",
      })
  void whatMakesNoSenseIsRefusedAsAWhole(String json) {
    assertThat(why(json)).isNotBlank().doesNotContain("a.io");
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
  void whatIsNoUpstreamsUrlIsRefused(String url) {
    assertThat(why(of(url))).isEqualTo("an upstream of quay.io has no valid URL");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://127.0.0.1:5050",
        "http://127.8.0.1:5000",
        "http://[::1]:5050",
        "http://[::ffff:127.0.0.1]:5050",
        "http://localhost:5050",
        "http://mirror.localhost",
        "http://LOCALHOST",
        "http://0.0.0.0:5050",
        "http://169.254.169.254/latest",
        "http://[fe80::1]",
        "http://[64:ff9b::7f00:1]",
        "http://224.0.0.1",
      })
  void noneMayBeWhereAnybodyOnTheNodeListensOrWhereCloudsKeepTheirs(String url) {
    assertThat(why(of(url))).isEqualTo("an upstream of quay.io is where none may be");
  }

  @ParameterizedTest
  @ValueSource(strings = {"http://10.1.2.3", "http://192.168.1.1:5000", "https://harbor.internal"})
  void aPrivateAddressIsWhereMostOperatorsHaveTheirs(String url) throws UnusableException {
    assertThat(parse(of(url)).chains()).hasSize(1);
  }

  @Test
  void aChainHasAnEnd() throws UnusableException {
    String one = "{\"url\": \"https://a.io\"}";
    String many = IntStream.range(0, 16).mapToObj(_ -> one).collect(Collectors.joining(","));

    assertThat(parse("{\"registries\": {\"quay.io\": [" + many + "]}}").chains()).hasSize(1);
    assertThat(why("{\"registries\": {\"quay.io\": [" + many + "," + one + "]}}"))
        .contains("more than 16");
  }
}
