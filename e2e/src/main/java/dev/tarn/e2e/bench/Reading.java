package dev.tarn.e2e.bench;

/** What a client measured in one go; latencies in microseconds, and 0 where it measures none. */
record Reading(
    double seconds,
    long bytes,
    long requests,
    double firstByteMicros,
    double p50Micros,
    double p99Micros) {

  double megabytesPerSecond() {
    return bytes / 1e6 / seconds;
  }

  double requestsPerSecond() {
    return requests / seconds;
  }
}
