package dev.tarn.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigurationErrorsTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "stor: {}|stor (line 1): unknown key; did you mean store?",
        "store: {maxSise: 1GiB}|store.maxSise (line 1): unknown key; did you mean maxSize?",
        "store: {xyzzyplugh: 1}|store.xyzzyplugh (line 1): unknown key; known here: path, maxSize,"
            + " minFree, reserveFree, partialMaxSize, partialTtl",
        "containerd: {contentStore: blobs}|containerd.contentStore (line 1): must be an absolute"
            + " path",
        "agent: {directry: /a}|agent.directry (line 1): unknown key; did you mean directory?",
        "agent: {directory: run/tarn}|agent.directory (line 1): must be an absolute path",
        "agnet: {}|agnet (line 1): unknown key; did you mean agent?",
        "shutdown: {agentTimeut: 1s}|shutdown.agentTimeut (line 1): unknown key; did you mean"
            + " agentTimeout?",
        "registry: {listen: 5050}|registry.listen (line 1): expected an address and a port such as"
            + " 127.0.0.1:5050, found \"5050\"",
        "registry: {listen: 'a:99999'}|registry.listen (line 1): expected an address and a port"
            + " such as 127.0.0.1:5050, found \"a:99999\"",
        "registry: {headerTimeout: 5}|registry.headerTimeout (line 1): expected a duration such as"
            + " 500ms, 5s, 10m or 24h, found \"5\"",
        "registry: {headerTimeout: 0s}|registry.headerTimeout (line 1): must be more than 0s",
        "registry: {maxConnections: 0}|registry.maxConnections (line 1): must be at least 1",
        "registry: {maxConnections: many}|registry.maxConnections (line 1): expected a whole"
            + " number, found \"many\"",
        "registry: [1]|registry (line 1): expected keys with values, found a list",
        "store: {maxSize: {a: 1}}|store.maxSize (line 1): expected a size such as 100GiB, 512MiB or"
            + " a number of bytes, found keys with values",
        "store: {maxSize: }|store.maxSize (line 1): expected a size such as 100GiB, 512MiB or a"
            + " number of bytes, found nothing",
        "store: {maxSize: 9999999TiB}|store.maxSize (line 1): expected a size such as 100GiB,"
            + " 512MiB or a number of bytes, found \"9999999TiB\"",
        "store: {minFree: 120%}|store.minFree (line 1): expected a percentage between 0% and 100%,"
            + " such as 20%, found \"120%\"",
        "store: {minFree: 10%}|store.reserveFree: must not be more than store.minFree, which is"
            + " 10%",
        "upstream: {retries: 11}|upstream.retries (line 1): must be between 0 and 10",
        "upstream: {clientRate: -1}|upstream.clientRate (line 1): must be between 0 and 1000000",
        "upstream: {clientBurst: 0}|upstream.clientBurst (line 1): must be between 1 and 1000000",
        "upstream: {clientRat: 1}|upstream.clientRat (line 1): unknown key; did you mean"
            + " clientRate?",
        "upstream: {allowedTargets: a}|upstream.allowedTargets (line 1): expected a list, found"
            + " \"a\"",
        "upstream: {allowedTargets: ['a b']}|upstream.allowedTargets[0] (line 1): expected an"
            + " address, a network such as 10.0.0.0/8, a host name or *.suffix, found \"a b\"",
        "peers: {mod: dns}|peers.mod (line 1): unknown key; did you mean mode?",
        "peers: {mode: gossip}|peers.mode (line 1): expected one of none, static, dns, kubernetes,"
            + " found \"gossip\"",
        "peers: {mode: static}|peers.members: at least one is needed where peers.mode is static",
        "peers: {apiServer: 'http://10.0.0.9'}|peers.apiServer (line 1): expected https://: it is"
            + " shown a token",
        "peers: {mode: dns}|peers.dnsName: is needed where peers.mode is dns",
        "peers: {mode: kubernetes, service: ''}|peers.service (line 1): is needed where peers.mode"
            + " is kubernetes",
        "peers: {members: ['a=10.0.0.1']}|peers.members[0] (line 1): expected a node such as"
            + " node-1=10.0.0.1:5051 or zone-a/node-1=10.0.0.1:5051, found \"a=10.0.0.1\"",
        "peers: {members: ['a=10.0.0.1:1', 'a=10.0.0.2:1']}|peers.members: a is there twice",
        "peers: {mode: dns, dnsName: tarn}|peers.tls: is needed, or plainHttp: true where everybody"
            + " on the network may read what nodes hold",
        "peers: {tls: {key: /k}}|peers.tls: certificate, key and ca are needed together",
        "peers: {tls: {key: /k, certificate: /c, ca: /a}, plainHttp: true}|peers.plainHttp"
            + " (line 1): is for nodes without peers.tls; choose one",
        "peers: {maxUploads: 0}|peers.maxUploads (line 1): must be at least 1",
        "peers: {dnsPeriod: 10ms}|peers.dnsPeriod (line 1): must be at least 1s",
        "peers: {node: 'a b'}|peers.node (line 1): expected a name such as node-1, found \"a b\"",
        "logging: {level: loud}|logging.level (line 1): expected one of trace, debug, info, warn,"
            + " error, found \"loud\"",
        "logging: {format: xml}|logging.format (line 1): expected text or json, found \"xml\"",
        "registries: {}|registries: at least one registry is needed",
        "registries: {'not a host': {}}|registries[not a host] (line 1): expected a registry's"
            + " host, with a port where it has one",
        "registries: {canary.tarn.invalid: {}}|registries[canary.tarn.invalid] (line 1): is the"
            + " name by which the agent sees whether containerd comes here, and is never served",
        "registries: {Canary.Tarn.INVALID: {upstreams: [{url: 'http://a'}]}}|"
            + "registries[Canary.Tarn.INVALID] (line 1): is the name by which the agent sees"
            + " whether containerd comes here, and is never served",
        "registries: {'*': {}}|registries[*] (line 1): expected a registry's host, with a"
            + " port where it has one",
        "registries: {'*.tarn.invalid': {}}|registries[*.tarn.invalid] (line 1): expected a"
            + " registry's host, with a port where it has one",
        "registries: {_default: {}}|registries[_default] (line 1): expected a registry's host, with a"
            + " port where it has one",
        "registries: {docker.io: {}, index.docker.io: {}}|registries[index.docker.io] (line 1): is"
            + " another name of docker.io, which is given already",
        "registries: {a.io: {upstreams: []}}|registries[a.io].upstreams: at least one is needed",
        "registries: {a.io: {upstreams: [{}]}}|registries[a.io].upstreams[0] (line 1): url is"
            + " missing",
        "registries: {a.io: {upstreams: [{url: 'ftp://a'}]}}|registries[a.io].upstreams[0].url"
            + " (line 1): expected http:// or https://",
        "registries: {a.io: {repositories: [{pattern: 'A', maxAge: 1s}]}}|"
            + "registries[a.io].repositories[0].pattern (line 1): expected a pattern such as"
            + " library/*, found \"A\"",
        "registries: {a.io: {repositories: [{pattern: a}]}}|"
            + "registries[a.io].repositories[0].pattern (line 1): maxAge or immutableTags is"
            + " needed beside it",
        "registries: {a.io: {repositories: [{pattern: a, maxAge: 1s, imutableTags: [a]}]}}|"
            + "registries[a.io].repositories[0].imutableTags (line 1): unknown key; did you mean"
            + " immutableTags?",
        "registries: {a.io: {immutableTags: ['v?']}}|registries[a.io].immutableTags[0] (line 1):"
            + " expected a tag in which * stands for any characters, found \"v?\"",
        "registries: {a.io: {immutableTags: latest}}|registries[a.io].immutableTags (line 1):"
            + " expected a list, found \"latest\"",
        "admin: {tokenFil: /a}|admin.tokenFil (line 1): unknown key; did you mean tokenFile?",
        "registries: {a.io: {credentials: {dockerConfg: /c}}}|"
            + "registries[a.io].credentials.dockerConfg (line 1): unknown key; did you mean"
            + " dockerConfig?",
        "registries: {a.io: {credential: {}}}|registries[a.io].credential (line 1): unknown key;"
            + " did you mean credentials?",
        "registries: {a.io: {credentials: {providerConfig: /c}}}|"
            + "registries[a.io].credentials.providerBinDir: is needed where providerConfig is"
            + " given",
        "registries: {a.io: {credentials: {providerBinDir: /c}}}|"
            + "registries[a.io].credentials.providerConfig: is needed where providerBinDir is"
            + " given",
        "registries: {a.io: {credentials: {tokenRealms: [b.io]}}}|"
            + "registries[a.io].credentials.tokenRealms: is of no use without dockerConfig or"
            + " providerConfig, or tokenRelay",
        "registries: {a.io: {credentials: {dockerConfig: /c, tokenRealms: ['https://b.io']}}}|"
            + "registries[a.io].credentials.tokenRealms[0] (line 1): expected a host such as"
            + " auth.example.com, found \"https://b.io\"",
        "registries: {a.io: {shared: yes}}|registries[a.io].shared (line 1): expected true or"
            + " false, found \"yes\"",
        "registries: {a.io: {tokenRelays: true}}|registries[a.io].tokenRelays (line 1): unknown"
            + " key; did you mean tokenRelay?",
        "registries: {a.io: {tokenRelay: on}}|registries[a.io].tokenRelay (line 1): expected true"
            + " or false, found \"on\"",
        "registries: {a.io: {onUpstreamFailure: panic}}|registries[a.io].onUpstreamFailure"
            + " (line 1): expected serve or refuse, found \"panic\"",
        "registries: {a.io: {onUpstreamFailur: serve}}|registries[a.io].onUpstreamFailur (line 1):"
            + " unknown key; did you mean onUpstreamFailure?",
        "[1]|(line 1): expected keys with values, found a list",
      })
  void whatIsWrongIsNamedWithItsPath(String yaml, String expected) {
    assertThat(problems(yaml, Map.of())).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"10.0.0.1", "10.0.0.0/8", "fd00::/8", "::1", "cdn.internal", "*.internal"})
  void aTargetIsAnAddressANetworkOrAHost(String target) {
    String yaml = "upstream: {allowedTargets: ['" + target + "']}";
    assertThat(ConfigurationLoader.parse(yaml, Map.of()).upstream().allowedTargets())
        .containsExactly(target);
  }

  @ParameterizedTest
  @ValueSource(strings = {"host:5000", "cdn/8", "https://cdn", "*", "a b", "10.0.0.0/8/9"})
  void whatIsNoTargetIsRefused(String target) {
    assertThat(problems("upstream: {allowedTargets: ['" + target + "']}", Map.of()))
        .startsWith("upstream.allowedTargets[0] (line 1): expected an address");
  }

  @Test
  void duplicateKeysAreRefused() {
    assertThat(problems("store:\n  path: /a\n  path: /b\n", Map.of()))
        .isEqualTo("store.path (line 3): is given twice");
  }

  @Test
  void aRegistryThatNoUrlLeadsToNeedsUpstreams() {
    assertThat(problems("registries:\n  hub.1io: {}\n", Map.of()))
        .isEqualTo(
            "registries[hub.1io] (line 2): no URL can be made of this name: upstreams are needed");
    String url = "registries: {hub.1io: {upstreams: [{url: \"https://a.io\"}]}}";
    assertThat(ConfigurationLoader.parse(url, Map.of()).registries()).hasSize(1);
  }

  @Test
  void anchorsAndFurtherDocumentsAreRefused() {
    assertThat(problems("store: &s {path: /a}\nadmin: *s\n", Map.of()))
        .isEqualTo("store (line 1): anchors and aliases are not supported");
    assertThat(problems("store: {}\n---\nadmin: {}\n", Map.of()))
        .endsWith("only one YAML document is expected");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"store: {path: /a", "a: b: c", "\t- x", "store: 'open", "a: \"\\U8000f41f\""})
  void whatIsNoYamlIsRefusedWithItsLine(String yaml) {
    assertThat(problems(yaml, Map.of())).startsWith("(line ").contains("not YAML");
  }

  @Test
  void everythingThatIsWrongIsReportedAtOnce() {
    String yaml =
        """
        registry:
          listen: nowhere
        store:
          maxSise: 1GiB
        """;
    assertThat(problems(yaml, Map.of("TARN_STORE_PTH", "/x")).lines())
        .containsExactly(
            "registry.listen (line 2): expected an address and a port such as 127.0.0.1:5050, found"
                + " \"nowhere\"",
            "store.maxSise (line 4): unknown key; did you mean maxSize?",
            "TARN_STORE_PTH: unknown variable; did you mean TARN_STORE_PATH?");
  }

  @Test
  void aWrongVariableIsNamed() {
    assertThat(problems("", Map.of("TARN_UPSTREAM_RETRIES", "lots")))
        .isEqualTo(
            "upstream.retries (TARN_UPSTREAM_RETRIES): expected a whole number, found \"lots\"");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"https://user:hunter2@host", "https://user:hunter2@ho st", "https://hunter2@h"})
  void aPasswordInAUrlIsRefusedAndNotRepeated(String url) {
    String yaml = "registries: {a.io: {upstreams: [{url: '" + url + "'}]}}";
    assertThat(problems(yaml, Map.of()))
        .startsWith("registries[a.io].upstreams[0].url")
        .doesNotContain("hunter2");
  }

  @Test
  void aFileThatCannotBeReadIsNamed(@TempDir Path directory) throws Exception {
    Path missing = directory.resolve("missing.yaml");
    assertThatThrownBy(() -> ConfigurationLoader.load(missing, Map.of()))
        .isInstanceOf(InvalidConfigurationException.class)
        .hasMessage("the file " + missing + " does not exist");

    Path binary = Files.write(directory.resolve("binary"), new byte[] {(byte) 0xff, 0});
    assertThatThrownBy(() -> ConfigurationLoader.load(binary, Map.of()))
        .hasMessage("the file " + binary + " is not UTF-8 text");
  }

  @Test
  void aRecordThatIsMadeByHandIsHeldToTheSameRules() {
    assertThatThrownBy(() -> new Configuration.Shutdown(Duration.ZERO, Duration.ofSeconds(-1)))
        .hasMessage("shutdown.drainTimeout: must not be negative");
    assertThatThrownBy(() -> new Configuration.Access(Duration.ofMinutes(1), Duration.ofDays(31)))
        .hasMessage("access.graceTime: must be between 0s and 720h");
    assertThatThrownBy(() -> new Configuration.Access(Duration.ofMinutes(-1), Duration.ZERO))
        .hasMessage("access.decisionTime: must not be negative");
    assertThatThrownBy(() -> UpstreamConfiguration.of("https://host/prefix/"))
        .hasMessage("url: must not end in a slash");
  }

  private static String problems(String yaml, Map<String, String> environment) {
    InvalidConfigurationException thrown =
        catchThrowableOfType(
            InvalidConfigurationException.class,
            () -> ConfigurationLoader.parse(yaml, environment));
    assertThat(thrown).isNotNull();
    assertThat(thrown.problems()).isNotEmpty();
    return String.valueOf(thrown.getMessage());
  }
}
