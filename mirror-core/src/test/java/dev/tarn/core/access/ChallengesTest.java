package dev.tarn.core.access;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.core.catalog.Catalog;
import dev.tarn.core.name.RegistryHost;
import dev.tarn.core.name.RepositoryName;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChallengesTest {
  private static final RegistryHost REGISTRY = RegistryHost.DOCKER_HUB;
  private static final RepositoryName NAME = RepositoryName.parse("library/app").orElseThrow();
  private static final List<String> BOTH =
      List.of("Bearer realm=\"https://auth.test/token\",service=\"a=b\"", "Basic realm=\"x, y\"");

  @TempDir private Path directory;

  private Challenges open() throws IOException {
    return new Challenges(Catalog.open(directory));
  }

  @Test
  void areKeptWordForWordAndAcrossRestarts() throws IOException {
    Challenges challenges = open();
    assertThat(challenges.find(REGISTRY, NAME)).isEmpty();

    challenges.keep(REGISTRY, NAME, BOTH);

    assertThat(challenges.find(REGISTRY, NAME)).isEqualTo(BOTH);
    assertThat(open().find(REGISTRY, NAME)).isEqualTo(BOTH);
    assertThat(open().find(REGISTRY, RepositoryName.parse("library").orElseThrow())).isEmpty();
  }

  @Test
  void theLastCounts() throws IOException {
    Challenges challenges = open();
    challenges.keep(REGISTRY, NAME, BOTH);
    challenges.keep(REGISTRY, NAME, List.of("Negotiate"));

    assertThat(open().find(REGISTRY, NAME)).containsExactly("Negotiate");
  }

  @Test
  void thoseThatAreTooManyOrTooLongAreNot() throws IOException {
    Challenges challenges = open();
    challenges.keep(REGISTRY, NAME, Collections.nCopies(9, "Negotiate"));
    challenges.keep(REGISTRY, NAME, List.of("x".repeat(8_193)));

    assertThat(challenges.find(REGISTRY, NAME)).isEmpty();
  }
}
