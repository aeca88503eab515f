package dev.tarn.server.mirror;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.core.digest.Digest;
import dev.tarn.core.name.RegistryHost;
import dev.tarn.core.name.RepositoryName;
import dev.tarn.core.name.Tag;
import dev.tarn.core.tag.TagName;
import dev.tarn.server.peer.runtime.TagDesk;
import dev.tarn.server.testing.MirrorFixture;
import dev.tarn.server.testing.MirrorOptions;
import dev.tarn.server.testing.Reply;
import dev.tarn.server.testing.Sample;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a node does with what others tell it of tags: ask the registry. */
class TagHomeTest {
  private static final Sample MANIFEST = Sample.manifest(1);
  private static final Digest ANOTHER = Digest.sha256("another");

  @TempDir Path directory;

  @Test
  void whatItKnowsIsWhatTheRegistrySaysAndNotWhatItIsTold() throws IOException {
    try (MirrorFixture mirror = start()) {
      TagDesk home = mirror.peers.tags();
      mirror.upstream.on(Sample.tagPath("v1"), MANIFEST.reply());
      assertThat(home.known(tag("v1"))).isEmpty();

      home.told(tag("v1"), ANOTHER);

      Awaitility.await()
          .untilAsserted(() -> assertThat(home.known(tag("v1"))).contains(MANIFEST.digest()));
      assertThat(mirror.upstream.requests()).hasSize(1);
      assertThat(mirror.upstream.requests().getFirst().header("authorization")).isEmpty();
    }
  }

  @Test
  void whatWasPulledHereItKnowsAndWhatWasInvalidatedItDoesNot() throws IOException {
    try (MirrorFixture mirror = start()) {
      TagDesk home = mirror.peers.tags();
      mirror
          .upstream
          .on(Sample.tagPath("v1"), MANIFEST.reply())
          .on(MANIFEST.path(), MANIFEST.reply());
      mirror.get(Sample.tagUri("v1"), Sample.ACCEPT);
      assertThat(home.known(tag("v1"))).contains(MANIFEST.digest());

      mirror.mirror().invalidate(scope(), Optional.of(new Tag("v1")));

      assertThat(home.known(tag("v1"))).isEmpty();
    }
  }

  @Test
  void whatOneIsToldTwiceIsAskedOnce() throws IOException {
    try (MirrorFixture mirror = start()) {
      TagDesk home = mirror.peers.tags();
      mirror.upstream.on(Sample.tagPath("v1"), MANIFEST.reply());
      home.told(tag("v1"), MANIFEST.digest());
      home.told(tag("v1"), MANIFEST.digest());
      Awaitility.await().until(() -> home.known(tag("v1")).isPresent());
      home.told(tag("v1"), MANIFEST.digest());
      home.told(tag("v1"), ANOTHER);

      Awaitility.await().until(() -> mirror.upstream.count("HEAD", Sample.tagPath("v1")) == 2);
      assertThat(home.known(tag("v1"))).contains(MANIFEST.digest());
    }
  }

  @Test
  void whatTheRegistryDoesNotHaveItDoesNotKnow() throws IOException {
    try (MirrorFixture mirror = start()) {
      TagDesk home = mirror.peers.tags();
      mirror.upstream.on(Sample.tagPath("v1"), Reply.status(404));

      home.told(tag("v1"), MANIFEST.digest());

      Awaitility.await().until(() -> mirror.upstream.requests().size() == 1);
      assertThat(home.known(tag("v1"))).isEmpty();
    }
  }

  @Test
  void whoTellsOfManyTagsCostsTheRegistryABoundedNumberOfQuestions() throws IOException {
    try (MirrorFixture mirror = start()) {
      TagDesk home = mirror.peers.tags();
      for (int i = 0; i < 2_000; i++) {
        home.told(tag("t" + i), ANOTHER);
      }

      Awaitility.await().until(() -> mirror.upstream.requests().size() >= 200);
      assertThat(mirror.upstream.requests()).hasSizeLessThan(300);
    }
  }

  @Test
  void ofARegistryThatIsNotServedNothingIsKnownOrAsked() throws IOException {
    try (MirrorFixture mirror = start()) {
      TagName foreign =
          new TagName(
              RegistryHost.parse("elsewhere.test").orElseThrow(),
              scope().repository(),
              new Tag("v1"));

      mirror.peers.tags().told(foreign, ANOTHER);

      assertThat(mirror.peers.tags().known(foreign)).isEmpty();
      assertThat(mirror.upstream.requests()).isEmpty();
    }
  }

  private MirrorFixture start() throws IOException {
    return MirrorFixture.start(directory, MirrorOptions.patient());
  }

  private static TagName tag(String tag) {
    return new TagName(scope().registry(), scope().repository(), new Tag(tag));
  }

  private static Scope scope() {
    return new Scope(
        RegistryHost.parse(MirrorFixture.REGISTRY).orElseThrow(),
        RepositoryName.parse("library/app").orElseThrow());
  }
}
