package dev.tarn.core.access;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.core.name.RegistryHost;
import dev.tarn.core.name.RepositoryName;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StandInsTest {
  private static final RegistryHost REGISTRY = RegistryHost.DOCKER_HUB;
  private static final RegistryHost ELSEWHERE = new RegistryHost("quay.io");
  private static final RepositoryName REPOSITORY = new RepositoryName("library/app");
  private static final RepositoryName OTHER = new RepositoryName("library/other");
  private static final Instant START = Instant.parse("2026-03-01T12:00:00Z");
  private static final Credential SECRET = new Credential(Credential.Kind.BASIC, "b1", null);
  private static final Credential TOKEN = new Credential(Credential.Kind.TOKEN, "t1", null);

  @TempDir private Path directory;
  private final AtomicReference<Instant> now = new AtomicReference<>(START);
  private CredentialKeys keys;
  private StandIns standIns;

  @BeforeEach
  void open() throws IOException {
    keys = CredentialKeys.open(directory.resolve("key"), new SecureRandom());
    standIns = new StandIns(keys, now::get, new SecureRandom());
  }

  @Test
  void aTokenStandsForItsSecretInTheRepositoryThatItWasAskedForAndInNoOther() {
    standIns.issued(REGISTRY, REPOSITORY, TOKEN, SECRET, Duration.ofMinutes(5));

    assertThat(standIns.find(REGISTRY, REPOSITORY, TOKEN))
        .isEqualTo(new Credential(Credential.Kind.BASIC, "b1", START.plus(Duration.ofMinutes(5))));
    assertThat(standIns.find(REGISTRY, OTHER, TOKEN)).isNull();
    assertThat(standIns.find(ELSEWHERE, REPOSITORY, TOKEN)).isNull();
    Credential another = new Credential(Credential.Kind.TOKEN, "t2", null);
    assertThat(standIns.find(REGISTRY, REPOSITORY, another)).isNull();
  }

  @ParameterizedTest
  @CsvSource({"0, , 60", "60, , 60", "300, 120, 120", "60, 120, 60", "86400, , 3600"})
  void aTokenStandsForItsSecretUntilItEnds(long lifetime, @Nullable Long ownEnd, long seconds) {
    Instant end = ownEnd == null ? null : START.plusSeconds(ownEnd);
    Credential token = new Credential(Credential.Kind.TOKEN, "t1", end);
    standIns.issued(REGISTRY, REPOSITORY, token, SECRET, Duration.ofSeconds(lifetime));

    now.set(START.plusSeconds(seconds).minusMillis(1));
    assertThat(standIns.find(REGISTRY, REPOSITORY, token))
        .isEqualTo(new Credential(Credential.Kind.BASIC, "b1", START.plusSeconds(seconds)));
    now.set(START.plusSeconds(seconds));
    assertThat(standIns.find(REGISTRY, REPOSITORY, token)).isNull();
  }

  @Test
  void aTokenOfOurOwnIsKnownByItselfAloneAndForMinutes() {
    String token = standIns.issue("own.", REGISTRY, REPOSITORY, SECRET);

    assertThat(token).matches("own\\.[0-9a-f]{64}");
    assertThat(standIns.issue("own.", REGISTRY, REPOSITORY, SECRET)).isNotEqualTo(token);
    Credential shown = keys.ofOwnToken(token);
    assertThat(standIns.find(REGISTRY, REPOSITORY, shown)).isNotNull();
    assertThat(standIns.find(REGISTRY, OTHER, shown)).isNull();
    assertThat(standIns.find(REGISTRY, REPOSITORY, keys.of("own tokens", "Bearer " + token)))
        .isNull();
    now.set(START.plus(Duration.ofMinutes(5)));
    assertThat(standIns.find(REGISTRY, REPOSITORY, shown)).isNull();
  }

  @Test
  void whatIsForgottenStandsForNothing() {
    standIns.issued(REGISTRY, REPOSITORY, TOKEN, SECRET, Duration.ofMinutes(5));

    standIns.forget(TOKEN);

    assertThat(standIns.find(REGISTRY, REPOSITORY, TOKEN)).isNull();
  }
}
