package dev.tarn.e2e.clustered;

/**
 * When a pod was made and when it was ready, as the API server told it; by {@link
 * System#nanoTime()}.
 *
 * @param workload whose it is: its label {@code app}
 * @param image of its container
 */
record PodStart(
    String pod, String workload, String node, String image, long madeNanos, long readyNanos) {

  /** From being made to being ready. */
  double seconds() {
    return (readyNanos - madeNanos) / 1e9;
  }
}
