package dev.tarn.core.access;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.core.catalog.Catalog;
import dev.tarn.core.name.RegistryHost;
import dev.tarn.core.name.RepositoryName;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DecisionsTest {
  private static final RegistryHost REGISTRY = RegistryHost.DOCKER_HUB;
  private static final RepositoryName REPOSITORY =
      RepositoryName.parse("library/app").orElseThrow();
  private static final RepositoryName OTHER = RepositoryName.parse("library/other").orElseThrow();
  private static final Instant START = Instant.parse("2026-03-01T12:00:00Z");
  private static final Credential BASIC = new Credential(Credential.Kind.BASIC, "b1", null);
  private static final Credential OPAQUE = new Credential(Credential.Kind.TOKEN, "t1", null);
  private static final Credential TOKEN =
      new Credential(Credential.Kind.TOKEN, "t2", START.plus(Duration.ofMinutes(60)));

  @TempDir private Path directory;
  private final AtomicReference<Instant> now = new AtomicReference<>(START);
  private Decisions decisions;

  @BeforeEach
  void open() throws IOException {
    decisions = new Decisions(Catalog.open(directory), AccessPolicy.DEFAULT, now::get);
  }

  private void accept(Credential credential) throws IOException {
    decisions.accepted(REGISTRY, REPOSITORY, credential);
  }

  private boolean allows(Credential credential, Standing standing) {
    return decisions.allow(REGISTRY, REPOSITORY, credential, standing);
  }

  private void after(Duration time) {
    now.set(START.plus(time));
  }

  @ParameterizedTest
  @EnumSource(Standing.class)
  void nobodyMayBeforeTheRegistrySaidSo(Standing standing) {
    assertThat(allows(BASIC, standing)).isFalse();
    assertThat(allows(Credential.NONE, standing)).isFalse();
  }

  @Test
  void aDecisionIsAboutOneCredentialOneRepositoryAndOneRegistry() throws IOException {
    accept(BASIC);

    assertThat(allows(BASIC, Standing.ANSWERS)).isTrue();
    assertThat(allows(OPAQUE, Standing.ANSWERS)).isFalse();
    assertThat(allows(Credential.NONE, Standing.ANSWERS)).isFalse();
    assertThat(decisions.allow(REGISTRY, OTHER, BASIC, Standing.ANSWERS)).isFalse();
    RegistryHost elsewhere = RegistryHost.parse("quay.io").orElseThrow();
    assertThat(decisions.allow(elsewhere, REPOSITORY, BASIC, Standing.ANSWERS)).isFalse();
  }

  @Test
  void whileTheRegistryAnswersADecisionLastsForMinutes() throws IOException {
    for (Credential credential : new Credential[] {Credential.NONE, BASIC, OPAQUE, TOKEN}) {
      now.set(START);
      accept(credential);
      after(Duration.ofSeconds(299));
      assertThat(allows(credential, Standing.ANSWERS)).as("%s", credential).isTrue();
      after(Duration.ofMinutes(5));
      assertThat(allows(credential, Standing.ANSWERS)).as("%s", credential).isFalse();
    }
  }

  @Test
  void neverPastATokensOwnEnd() throws IOException {
    after(Duration.ofMinutes(58));
    accept(TOKEN);

    after(Duration.ofSeconds(60 * 60 - 1));
    assertThat(allows(TOKEN, Standing.ANSWERS)).isTrue();
    after(Duration.ofMinutes(60));
    for (Standing standing : Standing.values()) {
      assertThat(allows(TOKEN, standing)).as("%s", standing).isFalse();
    }
  }

  @Test
  void inAnOutageNamesAndPasswordsHaveGraceAndTokensTheirLife() throws IOException {
    accept(BASIC);
    accept(TOKEN);
    accept(OPAQUE);

    after(Duration.ofMinutes(59));
    assertThat(allows(TOKEN, Standing.AWAY)).isTrue();
    assertThat(allows(OPAQUE, Standing.AWAY)).as("nobody knows whether it lives").isFalse();
    after(Duration.ofHours(24).minusSeconds(1));
    assertThat(allows(BASIC, Standing.AWAY)).isTrue();
    assertThat(allows(BASIC, Standing.ANSWERS)).isFalse();
    after(Duration.ofHours(24));
    assertThat(allows(BASIC, Standing.AWAY)).isFalse();
  }

  @Test
  void whatAnybodyMayReadStaysSoWhileNobodyCanBeAsked() throws IOException {
    accept(Credential.NONE);

    after(Duration.ofDays(400));

    assertThat(allows(Credential.NONE, Standing.AWAY)).isTrue();
    assertThat(allows(Credential.NONE, Standing.RATE_LIMITED)).isTrue();
    assertThat(allows(Credential.NONE, Standing.ANSWERS)).isFalse();
  }

  @Test
  void aLimitedRateOfQuestionsMakesADecisionLastAnHourLongerAtMost() throws IOException {
    accept(BASIC);

    after(Duration.ofMinutes(65).minusSeconds(1));
    assertThat(allows(BASIC, Standing.RATE_LIMITED)).isTrue();
    after(Duration.ofMinutes(65));
    assertThat(allows(BASIC, Standing.RATE_LIMITED)).isFalse();
    assertThat(allows(BASIC, Standing.AWAY)).isTrue();
  }

  @ParameterizedTest
  @EnumSource(Standing.class)
  void aRefusalEndsItForGood(Standing standing) throws IOException {
    for (Credential credential : new Credential[] {Credential.NONE, BASIC, OPAQUE, TOKEN}) {
      accept(credential);
      decisions.refused(REGISTRY, REPOSITORY, credential);

      assertThat(allows(credential, standing)).as("%s", credential).isFalse();
      open();
      assertThat(allows(credential, standing)).as("%s, restarted", credential).isFalse();
    }
  }

  @Test
  void afterARestartNamesAndPasswordsAreKnownAndTokensAreNot() throws IOException {
    accept(Credential.NONE);
    accept(BASIC);
    accept(TOKEN);

    open();

    assertThat(allows(Credential.NONE, Standing.AWAY)).isTrue();
    assertThat(allows(BASIC, Standing.ANSWERS)).isTrue();
    assertThat(allows(BASIC, Standing.AWAY)).isTrue();
    assertThat(allows(TOKEN, Standing.AWAY)).isFalse();
  }

  @Test
  void useAllDayKeepsGraceFromEnding() throws IOException {
    accept(BASIC);
    for (int hour = 1; hour <= 20; hour++) {
      after(Duration.ofHours(hour));
      accept(BASIC);
    }

    open();
    after(Duration.ofHours(43));

    assertThat(allows(BASIC, Standing.AWAY)).isTrue();
  }

  @Test
  void decisionsThatAreOldAreDropped() throws IOException {
    accept(Credential.NONE);
    after(Duration.ofDays(2));
    accept(BASIC);

    assertThat(decisions.sweep(START.plus(Duration.ofDays(1)))).isEqualTo(1);

    assertThat(allows(BASIC, Standing.ANSWERS)).isTrue();
    open();
    assertThat(allows(BASIC, Standing.AWAY)).isTrue();
    assertThat(allows(Credential.NONE, Standing.AWAY)).isFalse();
    assertThat(decisions.sweep(START.plus(Duration.ofDays(3)))).isEqualTo(1);
    assertThat(decisions.sweep(START.plus(Duration.ofDays(3)))).isZero();
  }

  @Test
  void aClockThatIsSetBackMakesNoDecisionLast() throws IOException {
    accept(BASIC);

    after(Duration.ofDays(-3));

    assertThat(allows(BASIC, Standing.ANSWERS)).isFalse();
    accept(BASIC);
    open();
    assertThat(allows(BASIC, Standing.ANSWERS)).isTrue();
  }

  @Test
  void aCredentialThatIsRevokedIsGoodForNothingInAnyRepositoryAndAfterARestart()
      throws IOException {
    Credential another = new Credential(Credential.Kind.BASIC, "b2", null);
    for (Credential credential : new Credential[] {BASIC, another}) {
      accept(credential);
      decisions.accepted(REGISTRY, OTHER, credential);
    }
    Decisions restarted = new Decisions(Catalog.open(directory), AccessPolicy.DEFAULT, now::get);
    assertThat(restarted.allow(REGISTRY, OTHER, BASIC, Standing.AWAY)).isTrue();

    restarted.revoked(BASIC);

    for (Decisions each :
        new Decisions[] {
          restarted, new Decisions(Catalog.open(directory), AccessPolicy.DEFAULT, now::get)
        }) {
      assertThat(each.allow(REGISTRY, REPOSITORY, BASIC, Standing.AWAY)).isFalse();
      assertThat(each.allow(REGISTRY, OTHER, BASIC, Standing.AWAY)).isFalse();
      assertThat(each.allow(REGISTRY, REPOSITORY, another, Standing.AWAY)).isTrue();
      assertThat(each.allow(REGISTRY, OTHER, another, Standing.AWAY)).isTrue();
    }
  }

  @Test
  void whatIsAcceptedAfterItWasRevokedCanBeRevokedAgain() throws IOException {
    decisions.revoked(BASIC);
    accept(BASIC);
    assertThat(allows(BASIC, Standing.AWAY)).isTrue();

    decisions.revoked(BASIC);

    assertThat(allows(BASIC, Standing.AWAY)).isFalse();
  }
}
