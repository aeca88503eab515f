package dev.tarn.server.upstream;

import java.time.Duration;

/**
 * Hears of every attempt at an origin, for metrics. Called on the virtual thread that asked; must
 * not block. {@code origin} is the configured host and port, never that of a redirect.
 */
public interface UpstreamListener {
  /** Hears nothing. */
  UpstreamListener NONE =
      new UpstreamListener() {
        @Override
        public void answered(String origin, int status, Duration time) {}

        @Override
        public void failed(String origin, UpstreamAnswer.Reason reason, Duration time) {}

        @Override
        public void bodyFailed(String origin, UpstreamAnswer.Reason reason) {}

        @Override
        public void quota(String origin, long remaining) {}

        @Override
        public void limited(String origin, Duration leftAlone) {}

        @Override
        public void rests(String origin, Duration leftAlone) {}
      };

  /** The headers of an answer are here, redirects followed. */
  void answered(String origin, int status, Duration time);

  /** An attempt ended without headers. */
  void failed(String origin, UpstreamAnswer.Reason reason, Duration time);

  /** A body broke or stalled after its headers. */
  void bodyFailed(String origin, UpstreamAnswer.Reason reason);

  /** An answer told how many more requests it has for whoever asked. */
  void quota(String origin, long remaining);

  /** It said 429, and is not asked the same by the same for so long. Once a pause. */
  void limited(String origin, Duration leftAlone);

  /** It failed while there is another behind it, and is left alone for so long. */
  void rests(String origin, Duration leftAlone);
}
