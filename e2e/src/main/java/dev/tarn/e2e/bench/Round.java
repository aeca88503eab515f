package dev.tarn.e2e.bench;

/**
 * One round against one server: what the client read, and the processor time it cost the server.
 */
record Round(Reading reading, double cpuSeconds) {

  double cpuSecondsPerGigabyte() {
    return cpuSeconds / (reading.bytes() / 1e9);
  }

  double cpuMicrosPerRequest() {
    return cpuSeconds * 1e6 / reading.requests();
  }
}
