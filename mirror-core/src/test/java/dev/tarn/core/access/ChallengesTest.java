package dev.tarn.core.access;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.core.catalog.Catalog;
import dev.tarn.core.name.RegistryHost;
import dev.tarn.core.name.RepositoryName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
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
  void areKnownWordForWord() throws IOException {
    Challenges challenges = open();
    assertThat(challenges.find(REGISTRY, NAME)).isEmpty();

    challenges.hear(REGISTRY, NAME, BOTH);

    assertThat(challenges.find(REGISTRY, NAME)).isEqualTo(BOTH);
    assertThat(challenges.find(REGISTRY, RepositoryName.parse("library").orElseThrow())).isEmpty();
  }

  @Test
  void areKeptAcrossRestartsWhereSomebodyWasLetIn() throws IOException {
    Challenges challenges = open();
    challenges.hear(REGISTRY, NAME, BOTH);
    assertThat(open().find(REGISTRY, NAME)).isEmpty();

    challenges.keep(REGISTRY, NAME);

    assertThat(open().find(REGISTRY, NAME)).isEqualTo(BOTH);
  }

  /** As somebody may ask for who likes to see a disk full. */
  @Test
  void ofRepositoriesThatNobodyWasLetIntoNothingIsWritten() throws IOException {
    Challenges challenges = open();
    for (int i = 0; i < 100; i++) {
      challenges.hear(REGISTRY, RepositoryName.parse("library/app-" + i).orElseThrow(), BOTH);
    }

    try (Stream<Path> files = Files.walk(directory)) {
      assertThat(files.filter(Files::isRegularFile)).isEmpty();
    }
  }

  @Test
  void theLastCounts() throws IOException {
    Challenges challenges = open();
    challenges.hear(REGISTRY, NAME, BOTH);
    challenges.keep(REGISTRY, NAME);
    challenges.hear(REGISTRY, NAME, List.of("Negotiate"));
    assertThat(challenges.find(REGISTRY, NAME)).containsExactly("Negotiate");
    challenges.keep(REGISTRY, NAME);

    assertThat(open().find(REGISTRY, NAME)).containsExactly("Negotiate");
  }

  @Test
  void thoseThatAreTooManyOrTooLongAreNot() throws IOException {
    Challenges challenges = open();
    challenges.hear(REGISTRY, NAME, Collections.nCopies(9, "Negotiate"));
    challenges.hear(REGISTRY, NAME, List.of("x".repeat(8_193)));

    assertThat(challenges.find(REGISTRY, NAME)).isEmpty();
  }
}
