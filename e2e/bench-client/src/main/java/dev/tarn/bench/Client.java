package dev.tarn.bench;

/** One way to download; {@code fetch} is called on a virtual thread and blocks. */
interface Client extends AutoCloseable {
  void fetch(String digest, Sink sink) throws Exception;

  @Override
  void close();
}
