package dev.tarn.server.upstream;

import java.time.Duration;
import java.util.Optional;

/** What came of asking an origin once. */
sealed interface Attempt {

  /** Asking again would bring the same. */
  record Final(UpstreamAnswer answer) implements Attempt {}

  /** Asking again at once would bring the same, because the origin is away or in trouble. */
  record Away(UpstreamAnswer.Failed failed) implements Attempt {}

  /** The origin itself, not its realm nor where it redirects to, said 429. */
  record Limited(UpstreamAnswer.RateLimited answer) implements Attempt {}

  /** Asking again may help; {@code pause} is what the server asked for. */
  record Chance(UpstreamAnswer.Failed failed, Optional<Duration> pause) implements Attempt {}
}
