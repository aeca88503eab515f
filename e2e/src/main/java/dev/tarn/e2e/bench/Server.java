package dev.tarn.e2e.bench;

import dev.tarn.e2e.process.Child;
import java.net.URI;

/**
 * A server process that is measured; its pid is that of the program itself.
 *
 * @param compiles whether it compiles itself while it runs, and so gets faster
 */
record Server(String name, int port, Child process, boolean compiles) {

  URI at(String pathAndQuery) {
    return URI.create("http://127.0.0.1:" + port + pathAndQuery);
  }

  ProcessUse use() {
    return new ProcessUse(process.pid());
  }
}
