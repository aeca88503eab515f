package dev.tarn.e2e.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.e2e.image.Image;
import dev.tarn.e2e.image.ImageMaker;
import dev.tarn.e2e.process.Ports;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PullerTest {
  private static final Place HERE =
      new Place() {
        @Override
        public <T> FutureTask<T> start(Callable<T> work) {
          FutureTask<T> task = new FutureTask<>(work);
          Thread.ofPlatform().daemon().start(task);
          return task;
        }
      };

  @TempDir Path directory;
  private Image image;
  private ScriptedRegistry mirror;
  private ScriptedRegistry upstream;

  @BeforeEach
  void start() throws Exception {
    ImageMaker maker = new ImageMaker(directory);
    image = maker.image("amd64", List.of(maker.layer(1, 300_000), maker.layer(2, 5_000)));
    mirror = ScriptedRegistry.start(image);
    upstream = ScriptedRegistry.start(image);
  }

  @AfterEach
  void stop() {
    mirror.close();
    upstream.close();
  }

  @Test
  void everything_comes_from_the_first_host_that_has_it() throws Exception {
    PullReport report = pull(mirror.uri());

    assertThat(report.succeeded()).isTrue();
    assertThat(report.fallbacks()).isZero();
    assertThat(mirror.requests()).isEqualTo(5);
    assertThat(upstream.requests()).isZero();
  }

  @Test
  void a_host_that_is_away_is_passed_over_and_that_is_counted() throws Exception {
    PullReport report = pull(URI.create("http://127.0.0.1:" + Ports.free()));

    assertThat(report.succeeded()).isTrue();
    assertThat(report.fallbacks()).isEqualTo(5);
    assertThat(upstream.requests()).isEqualTo(5);
  }

  @Test
  void a_body_that_ends_early_is_continued_where_it_ended() throws Exception {
    mirror.cutOnce(image.biggest().digest(), 100_000);

    PullReport report = pull(mirror.uri());

    assertThat(report.succeeded()).isTrue();
    assertThat(report.resumed()).isEqualTo(1);
  }

  @Test
  void wrong_bytes_that_are_complete_fail_the_attempt_and_are_told() throws Exception {
    mirror.corrupt(image.biggest().digest());

    PullReport report = pull(mirror.uri());

    assertThat(report.succeeded()).isFalse();
    assertThat(report.wrong()).singleElement().asString().contains(image.biggest().digest());
  }

  @Test
  void a_challenge_is_met_with_the_credential() throws Exception {
    mirror.demand("name:secret");

    PullReport report =
        new Puller(
                HERE, List.of(mirror.uri(), upstream.uri()), "r.test", Optional.of("name:secret"))
            .start("some/image", "tag")
            .get();

    assertThat(report.succeeded()).isTrue();
    assertThat(report.fallbacks()).isZero();
  }

  private PullReport pull(URI first) throws Exception {
    return new Puller(HERE, List.of(first, upstream.uri()), "r.test", Optional.empty())
        .start("some/image", "tag")
        .get();
  }
}
