package dev.tarn.server.upstream;

import static dev.tarn.server.upstream.UpstreamFixture.MANIFEST_PATH;
import static dev.tarn.server.upstream.UpstreamFixture.failed;
import static dev.tarn.server.upstream.UpstreamFixture.randomBytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.tarn.core.digest.Digest;
import dev.tarn.server.testing.Reply;
import dev.tarn.server.testing.ScriptedUpstream;
import dev.tarn.server.upstream.UpstreamAnswer.Reason;
import dev.tarn.server.upstream.UpstreamAnswer.Refused;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A registry that would have Tarn ask somebody in its name, or tell a credential to somebody. */
class HostileUpstreamTest {
  private static final byte[] BLOB = randomBytes(1000);
  private static final String BLOB_PATH = UpstreamFixture.blobPath(BLOB);
  private static final Caller CALLER = Caller.withAuthorization("Bearer secret");

  private final UpstreamFixture fixture = new UpstreamFixture();

  @AfterEach
  void end() {
    fixture.close();
  }

  private UpstreamAnswer getBlob(Upstream registry) {
    return registry.getBlob(UpstreamFixture.REPOSITORY, Digest.sha256(BLOB), 0, CALLER);
  }

  private static void assertForbidden(UpstreamAnswer answer, String location) {
    assertThat(failed(answer).reason())
        .as(location)
        .isIn(Reason.FORBIDDEN_TARGET, Reason.PROTOCOL, Reason.CONNECT);
  }

  /** Ways to spell the address where clouds keep what a node may do. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://169.254.169.254/latest/meta-data/",
        "http://169.254.169.254:80/latest",
        "http://169.254.169.254./latest",
        "http://2852039166/latest",
        "http://0xa9fea9fe/latest",
        "http://0xa9.0xfe.0xa9.0xfe/latest",
        "http://0251.0376.0251.0376/latest",
        "http://169.254.43518/latest",
        "http://169.16689662/latest",
        "http://[::ffff:169.254.169.254]/latest",
        "http://[::ffff:a9fe:a9fe]/latest",
        "http://[64:ff9b::a9fe:a9fe]/latest",
        "http://[2002:a9fe:a9fe::1]/latest",
        "http://[fe80::1]/latest",
        "http://[fe80::1%25lo]/latest",
        "http://[fd00:ec2::254%25lo]/latest",
        "http://0/latest",
        "http://0.0.0.0/latest",
        "http://[::]/latest",
        "http://255.255.255.255/latest",
        "http://169.254.169.254\\@127.0.0.1/latest",
        "http://127.0.0.1@169.254.169.254/latest",
        "http://metadata.example/latest",
        "http://METADATA.example./latest",
        "//169.254.169.254/latest",
        "\\\\169.254.169.254\\latest",
        "http:\\\\169.254.169.254\\latest",
        "http:/169.254.169.254/latest",
        "HTTP://169.254.169.254/latest",
        " http://169.254.169.254/latest",
        "http://169.254.169.254#@127.0.0.1/",
        "gopher://169.254.169.254/",
        "http://a.example:22/",
      })
  void neitherARedirectNorARealmLeadsToTheNodesOwnSecrets(String location) {
    fixture.resolver =
        names(
            Map.of(
                "metadata.example", "169.254.169.254",
                "metadata.example.", "169.254.169.254",
                "a.example", "fe80::1"));
    fixture.upstream.on(BLOB_PATH, Reply.redirect(307, location));
    fixture.upstream.on(MANIFEST_PATH, Reply.bearer(location.replace("\\", "\\\\"), "a"));

    UpstreamAnswer redirected = getBlob(fixture.registry());
    if (redirected instanceof UpstreamAnswer.NotFound) {
      // A relative reference after all: to the registry itself, which knows of no such thing.
      assertThat(fixture.upstream.requests()).hasSizeGreaterThan(1);
    } else {
      assertForbidden(redirected, location);
    }
    UpstreamAnswer challenged = fixture.getManifest();

    assertThat(challenged)
        .isInstanceOfAny(Refused.class, UpstreamAnswer.Failed.class, UpstreamAnswer.NotFound.class);
    assertThat(fixture.upstream.requests())
        .allSatisfy(
            request -> assertThat(request.header("Host")).contains(fixture.upstream.authority()));
  }

  @Test
  void aRegistryAtAPrivateAddressDoesNotLeadToLoopback() throws IOException {
    Optional<InetAddress> own = privateAddressOfThisMachine();
    assumeThat(own).as("this machine has a private address").isPresent();
    ScriptedUpstream secret = ScriptedUpstream.start();
    try (UpstreamFixture elsewhere =
        new UpstreamFixture(ScriptedUpstream.startOn(own.orElseThrow().getHostAddress()))) {
      elsewhere.resolver = names(Map.of("localhost.example", "127.0.0.1"));
      for (String host : List.of("127.0.0.1", "[::ffff:127.0.0.1]", "localhost.example", "127.1")) {
        String target = "http://" + host + ":" + secret.port() + "/token";
        elsewhere.upstream.on(BLOB_PATH, Reply.redirect(302, target));
        elsewhere.upstream.on(MANIFEST_PATH, Reply.bearer(target, "a"));

        assertForbidden(getBlob(elsewhere.registry()), target);
        assertThat(elsewhere.getManifest())
            .as(target)
            .isInstanceOfAny(Refused.class, UpstreamAnswer.Failed.class);
      }
      assertThat(secret.connections()).isZero();
    } finally {
      secret.close();
    }
  }

  @Test
  void aNameThatMovesInsideBetweenTwoHopsIsLookedAtEachTime() {
    int[] asked = {0};
    fixture.resolver =
        host -> {
          if (!host.equals("rebinding.example")) {
            throw new UnknownHostException(host);
          }
          return List.of(InetAddress.ofLiteral(asked[0]++ == 0 ? "127.0.0.1" : "169.254.169.254"));
        };
    String target = "http://rebinding.example:" + fixture.upstream.port();
    fixture.upstream.on(BLOB_PATH, Reply.redirect(307, target + "/first").thenClose());
    fixture.upstream.on("/first", Reply.redirect(307, "http://rebinding.example/second"));

    assertThat(failed(getBlob(fixture.registry())).reason()).isEqualTo(Reason.FORBIDDEN_TARGET);
    assertThat(asked[0]).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://user@HOST/token",
        "http://user:pw@HOST/token",
        "http://HOST\r\nX-Evil: 1/token",
        "http://HOST/token\" ,service=\"x",
        "http://HOST/token#fragment",
        "http://HOST/token?scope=repository:other:push&x=",
        "http://HOST/to ken",
        "",
        "token",
        "data:,x",
      })
  void aRealmIsAskedForWhatItsChallengeSaysAndForNobodysCredential(String realm) {
    ScriptedUpstream tokens = ScriptedUpstream.start();
    try (tokens) {
      tokens.on("/token", Reply.token("t", 300));
      String named = realm.replace("HOST", tokens.authority()).replaceAll("[\\r\\n]", "");
      fixture.upstream.on(
          MANIFEST_PATH, Reply.challenge("Bearer realm=\"" + named + "\",scope=\"a:b:pull\""));

      fixture.getManifest();
      getBlob(fixture.registry());

      assertThat(tokens.requests())
          .allSatisfy(
              request -> {
                assertThat(request.method()).isEqualTo("GET");
                assertThat(request.header("Authorization")).isEmpty();
                assertThat(request.headers()).doesNotContainKey("x-evil");
                assertThat(request.query()).contains("scope=a%3Ab%3Apull");
              });
    }
  }

  private static Resolver names(Map<String, String> names) {
    return host -> {
      String address = names.get(host);
      if (address != null) {
        return List.of(InetAddress.ofLiteral(address));
      }
      if (host.endsWith(".example") || host.endsWith(".example.")) {
        throw new UnknownHostException(host);
      }
      return Resolver.SYSTEM.resolve(host);
    };
  }

  private static Optional<InetAddress> privateAddressOfThisMachine() throws SocketException {
    return NetworkInterface.networkInterfaces()
        .flatMap(NetworkInterface::inetAddresses)
        .filter(address -> address instanceof Inet4Address)
        .filter(address -> AddressClass.of(address) == AddressClass.PRIVATE)
        .findFirst();
  }
}
