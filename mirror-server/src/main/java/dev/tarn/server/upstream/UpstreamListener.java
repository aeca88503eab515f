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
      };

  /** The headers of an answer are here, redirects followed. */
  void answered(String origin, int status, Duration time);

  /** An attempt ended without headers. */
  void failed(String origin, UpstreamAnswer.Reason reason, Duration time);

  /** A body broke or stalled after its headers. */
  void bodyFailed(String origin, UpstreamAnswer.Reason reason);
}
