package dev.tarn.e2e.node;

import java.nio.file.Path;
import java.time.Duration;

/** What a suite lets a Tarn process run with. */
public interface NodeConfig {
  /** The configuration file. */
  String yaml(int port, int adminPort, Path store);

  /** How long answers may go on after it was told to end. */
  Duration drainTimeout();
}
