package dev.tarn.server.status;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/**
 * All that is on its way to a node, or to several.
 *
 * @param receivedBytes of those whose size is known
 * @param sizeBytes of these
 * @param bytesPerSecond of all, each since it began
 * @param fromPeers how many came from peers first
 * @param fromUpstream how many came from upstream first
 */
public record TransferSums(
    long count,
    long receivedBytes,
    long sizeBytes,
    long bytesPerSecond,
    long fromPeers,
    long fromUpstream) {
  static final TransferSums NOTHING = new TransferSums(0, 0, 0, 0, 0, 0);

  /** The sums of these. */
  public static TransferSums of(List<TransferFacts> transfers) {
    return transfers.stream().map(TransferSums::of).reduce(NOTHING, TransferSums::and);
  }

  private static TransferSums of(TransferFacts transfer) {
    return new TransferSums(
        1,
        transfer.size().isPresent() ? transfer.receivedBytes() : 0,
        transfer.size().orElse(0),
        transfer.bytesPerSecond(),
        transfer.source().filter("peer"::equals).isPresent() ? 1 : 0,
        transfer.source().filter("upstream"::equals).isPresent() ? 1 : 0);
  }

  TransferSums and(TransferSums other) {
    return new TransferSums(
        count + other.count,
        receivedBytes + other.receivedBytes,
        sizeBytes + other.sizeBytes,
        bytesPerSecond + other.bytesPerSecond,
        fromPeers + other.fromPeers,
        fromUpstream + other.fromUpstream);
  }

  void write(JsonGenerator json) throws IOException {
    json.writeNumberField("count", count);
    json.writeNumberField("receivedBytes", receivedBytes);
    json.writeNumberField("sizeBytes", sizeBytes);
    json.writeNumberField("bytesPerSecond", bytesPerSecond);
    json.writeNumberField("fromPeers", fromPeers);
    json.writeNumberField("fromUpstream", fromUpstream);
  }

  static TransferSums read(Map<?, ?> json) {
    return new TransferSums(
        Json.number(json, "count"),
        Json.number(json, "receivedBytes"),
        Json.number(json, "sizeBytes"),
        Json.number(json, "bytesPerSecond"),
        Json.number(json, "fromPeers"),
        Json.number(json, "fromUpstream"));
  }
}
