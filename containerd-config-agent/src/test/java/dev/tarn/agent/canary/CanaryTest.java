package dev.tarn.agent.canary;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.agent.canary.Sightings.Sighting;
import dev.tarn.agent.containerd.Prospect;
import dev.tarn.agent.cri.Cri;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CanaryTest {
  @TempDir private Path directory;

  private final Entry entry = new Entry();

  @Test
  void whoeverCameProvesItWhateverContainerdAnswers() {
    assertThat(prove(Sighting.ARRIVED)).isEqualTo(new Prospect.Effective());
    assertThat(entry.withdrawn).isTrue();
  }

  @Test
  void aSocketWhereNobodyIsProvesNothing() {
    assertThat(prove(Sighting.NOT_ARRIVED))
        .isInstanceOfSatisfying(
            Prospect.Unknown.class, unknown -> assertThat(unknown.why()).contains("c.sock"));
  }

  @Test
  void aMirrorThatIsAwayProvesNothing() {
    assertThat(prove(Sighting.NOBODY_KNOWS)).isInstanceOf(Prospect.Unknown.class);
  }

  @Test
  void anEntryThatCouldNotBeWrittenProvesNothing() {
    entry.failure = Optional.of("read-only");

    assertThat(prove(Sighting.NOT_ARRIVED))
        .isInstanceOfSatisfying(
            Prospect.Unknown.class, unknown -> assertThat(unknown.why()).contains("read-only"));
    assertThat(entry.withdrawn).isTrue();
  }

  @Test
  void anEntryThatSomebodyTookAwayProvesNothing() {
    entry.stands = false;

    assertThat(prove(Sighting.NOT_ARRIVED))
        .isInstanceOfSatisfying(
            Prospect.Unknown.class, unknown -> assertThat(unknown.why()).contains("taken away"));
  }

  private static Sightings said(Sighting sighting) {
    return _ -> sighting;
  }

  private Prospect prove(Sighting sighting) {
    Cri cri = new Cri(directory.resolve("c.sock"));
    return new Canary(entry, cri, said(sighting), new Random(1), Duration.ofSeconds(1)).prove();
  }

  private static final class Entry implements CanaryEntry {
    private Optional<String> failure = Optional.empty();
    private boolean stands = true;
    private boolean withdrawn;

    @Override
    public Optional<String> put() {
      return failure;
    }

    @Override
    public boolean stands() {
      return stands;
    }

    @Override
    public void withdraw() {
      withdrawn = true;
    }
  }
}
