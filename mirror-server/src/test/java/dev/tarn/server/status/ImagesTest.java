package dev.tarn.server.status;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tarn.server.status.ImageFacts.TagFact;
import dev.tarn.server.status.Images.Held;
import dev.tarn.server.status.Images.Holdings;
import dev.tarn.server.status.RepositoryUses.Repository;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ImagesTest {
  static final Instant NOW = Instant.parse("2026-11-23T12:00:00.5Z");

  private final AtomicLong nanos = new AtomicLong();
  private final RepositoryUses uses = new RepositoryUses(() -> NOW);
  private final Map<Repository, Held> held = new HashMap<>();
  private int looks;
  private final Images images = new Images(new Given(), uses, nanos::get);

  private final class Given implements Holdings {
    @Override
    public Map<Repository, Held> held() {
      looks++;
      return held;
    }

    @Override
    public List<TagFact> tags(Repository repository) {
      return List.of(new TagFact("v1", "sha256:abc", NOW));
    }
  }

  static String example() throws IOException {
    ImagesTest test = new ImagesTest();
    test.held.put(new Repository("docker.io", "library/alpine"), new Held(4, 100));
    test.uses.used("docker.io", "library/alpine", 7);
    return test.images.json();
  }

  private List<JsonNode> listed() throws IOException {
    List<JsonNode> listed = new ArrayList<>();
    new ObjectMapper().readTree(images.json()).get("images").forEach(listed::add);
    return listed;
  }

  @Test
  void theLargestComesFirst() throws IOException {
    held.put(new Repository("docker.io", "a"), new Held(1, 10));
    held.put(new Repository("docker.io", "b"), new Held(2, 30));
    uses.used("docker.io", "c", 5);
    uses.used("docker.io", "a", 5);
    uses.used("docker.io", "a", 6);

    assertThat(listed())
        .extracting(image -> image.get("repository").asText())
        .containsExactly("b", "a", "c");
    assertThat(listed().get(1).get("requests").asInt()).isEqualTo(2);
    assertThat(listed().get(1).get("servedBytes").asInt()).isEqualTo(11);
    assertThat(listed().get(1).get("lastRequest").asText()).isEqualTo("2026-11-23T12:00:00Z");
    assertThat(listed().get(0).get("lastRequest").isNull()).isTrue();
  }

  @Test
  void ofManyTheLargestAndTheHottestAreListed() throws IOException {
    for (int i = 0; i < 1000; i++) {
      held.put(new Repository("docker.io", "r" + i), new Held(1, 1000 + i));
    }
    uses.used("docker.io", "r0", 1);

    assertThat(listed()).hasSizeBetween(201, 400);
    assertThat(listed()).extracting(image -> image.get("repository").asText()).contains("r0");
    assertThat(new ObjectMapper().readTree(images.json()).get("total").asInt()).isEqualTo(1000);
  }

  @Test
  void theDiskIsLookedThroughOnceInAWhile() throws IOException {
    images.json();
    nanos.addAndGet(Duration.ofSeconds(9).toNanos());
    images.json();
    assertThat(looks).isEqualTo(1);

    nanos.addAndGet(Duration.ofSeconds(1).toNanos());
    images.json();
    assertThat(looks).isEqualTo(2);
  }
}
