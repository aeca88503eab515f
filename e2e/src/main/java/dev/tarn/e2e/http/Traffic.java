package dev.tarn.e2e.http;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;

/** Everything that passed a relay, oldest first; safe to read while more passes. */
public final class Traffic {
  private final List<Exchange> exchanges = new CopyOnWriteArrayList<>();

  Exchange begin(Head request) {
    Exchange exchange = new Exchange(request);
    exchanges.add(exchange);
    return exchange;
  }

  public List<Exchange> all() {
    return List.copyOf(exchanges);
  }

  public void forget() {
    exchanges.clear();
  }

  public long requests() {
    return exchanges.size();
  }

  public long count(Predicate<Exchange> which) {
    return exchanges.stream().filter(which).count();
  }

  /** How often an object's bytes were asked for. */
  public long gets(String digest) {
    return count(e -> e.method().equals("GET") && e.reference().equals(digest));
  }

  /** How many bytes of an object passed, over all answers. */
  public long bytes(String digest) {
    return exchanges.stream()
        .filter(e -> e.reference().equals(digest))
        .mapToLong(Exchange::bytes)
        .sum();
  }

  /** How many bytes of blobs passed. */
  public long blobBytes() {
    return exchanges.stream().filter(Exchange::blob).mapToLong(Exchange::bytes).sum();
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    exchanges.forEach(e -> text.append(e).append('\n'));
    return text.toString();
  }
}
