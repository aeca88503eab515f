package dev.tarn.server.status;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.tarn.server.status.ImageFacts.TagFact;
import dev.tarn.server.status.RepositoryUses.Repository;
import dev.tarn.server.status.RepositoryUses.Used;
import java.io.IOException;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The repositories that a node holds something of. Looks through all records on disk, so what it
 * found is told again for some seconds. Thread-safe; blocks.
 */
public final class Images {
  private static final long KEPT_NANOS = 10_000_000_000L;
  private static final int MAX_LISTED_EACH = 200;

  private final Holdings holdings;
  private final RepositoryUses uses;
  private final LongSupplier nanoClock;

  // Guarded by this.
  private @Nullable String told;
  private long toldNanos;

  /** What is on the node. */
  public interface Holdings {
    /** What of each repository is here. */
    Map<Repository, Held> held() throws IOException;

    /** The tags of it that are known, the last checked first. */
    List<TagFact> tags(Repository repository) throws IOException;
  }

  /** So many blobs, with so many bytes. */
  public record Held(long blobs, long bytes) {
    static final Held NOTHING = new Held(0, 0);

    /** With one more. */
    public Held and(long size) {
      return new Held(blobs + 1, bytes + size);
    }
  }

  public Images(Holdings holdings, RepositoryUses uses, LongSupplier nanoClock) {
    this.holdings = holdings;
    this.uses = uses;
    this.nanoClock = nanoClock;
  }

  /** As {@code docs/api.md} describes it. */
  public synchronized String json() throws IOException {
    long now = nanoClock.getAsLong();
    String known = told;
    if (known == null || now - toldNanos >= KEPT_NANOS) {
      known = look();
      told = known;
      toldNanos = nanoClock.getAsLong();
    }
    return known;
  }

  private String look() throws IOException {
    Map<Repository, Held> held = holdings.held();
    Map<Repository, Used> used = uses.now();
    Set<Repository> all = new LinkedHashSet<>(held.keySet());
    all.addAll(used.keySet());
    Map<Repository, ImageFacts> listed = new HashMap<>();
    for (Repository repository : chosen(all, held, used)) {
      Held here = held.getOrDefault(repository, Held.NOTHING);
      listed.put(
          repository,
          new ImageFacts(
              repository,
              holdings.tags(repository),
              here.blobs(),
              here.bytes(),
              used.getOrDefault(repository, Used.NEVER)));
    }
    List<ImageFacts> sorted =
        listed.values().stream()
            .sorted(
                Comparator.comparingLong(ImageFacts::bytes)
                    .reversed()
                    .thenComparing(image -> image.repository().toString()))
            .toList();
    return Json.object(
        json -> {
          json.writeNumberField("total", all.size());
          Json.array(json, "images", sorted, Images::image);
        });
  }

  /** The largest, and those asked for most. */
  private static Set<Repository> chosen(
      Set<Repository> all, Map<Repository, Held> held, Map<Repository, Used> used) {
    Set<Repository> chosen = new LinkedHashSet<>();
    all.stream()
        .sorted(
            Comparator.comparingLong(
                    (Repository each) -> held.getOrDefault(each, Held.NOTHING).bytes())
                .reversed())
        .limit(MAX_LISTED_EACH)
        .forEach(chosen::add);
    all.stream()
        .sorted(
            Comparator.comparingLong(
                    (Repository each) -> used.getOrDefault(each, Used.NEVER).requests())
                .reversed())
        .limit(MAX_LISTED_EACH)
        .forEach(chosen::add);
    return chosen;
  }

  private static void image(JsonGenerator json, ImageFacts image) throws IOException {
    json.writeStringField("registry", image.repository().registry());
    json.writeStringField("repository", image.repository().name());
    Json.array(json, "tags", image.tags(), Images::tag);
    json.writeNumberField("blobs", image.blobs());
    json.writeNumberField("bytes", image.bytes());
    json.writeNumberField("requests", image.used().requests());
    json.writeNumberField("servedBytes", image.used().bytes());
    json.writeFieldName("lastRequest");
    json.writeString(
        image
            .used()
            .last()
            .map(last -> last.truncatedTo(ChronoUnit.SECONDS).toString())
            .orElse(null));
  }

  private static void tag(JsonGenerator json, TagFact tag) throws IOException {
    json.writeStringField("tag", tag.tag());
    json.writeStringField("digest", tag.digest());
    json.writeStringField("checked", tag.checked().truncatedTo(ChronoUnit.SECONDS).toString());
  }
}
