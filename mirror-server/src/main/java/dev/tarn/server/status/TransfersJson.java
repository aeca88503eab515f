package dev.tarn.server.status;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.Comparator;
import java.util.List;

/** What is on its way to a node as JSON, as {@code docs/api.md} describes it. */
public final class TransfersJson {
  private static final int MAX_LISTED = 256;
  private static final int SHORT_HEX = 12;

  private TransfersJson() {}

  /**
   * The oldest first.
   *
   * @param names whether repositories and whole digests may be told
   */
  public static String of(List<TransferFacts> transfers, boolean names) {
    List<TransferFacts> listed =
        transfers.stream()
            .sorted(Comparator.comparingLong(TransferFacts::nanos).reversed())
            .limit(MAX_LISTED)
            .toList();
    return Json.object(
        json -> {
          json.writeBooleanField("names", names);
          json.writeNumberField("total", transfers.size());
          Json.array(json, "transfers", listed, (_, transfer) -> one(json, transfer, names));
        });
  }

  private static void one(JsonGenerator json, TransferFacts transfer, boolean names)
      throws IOException {
    json.writeStringField("registry", transfer.registry());
    json.writeFieldName("repository");
    json.writeString(names ? transfer.repository() : null);
    json.writeStringField("digest", names ? transfer.digest() : shortened(transfer.digest()));
    json.writeStringField("kind", transfer.manifest() ? "manifest" : "blob");
    json.writeFieldName("sizeBytes");
    if (transfer.size().isPresent()) {
      json.writeNumber(transfer.size().getAsLong());
    } else {
      json.writeNull();
    }
    json.writeNumberField("receivedBytes", transfer.receivedBytes());
    json.writeFieldName("source");
    json.writeString(transfer.source().orElse(null));
    json.writeNumberField("seconds", transfer.seconds());
    json.writeNumberField("bytesPerSecond", transfer.bytesPerSecond());
    json.writeNumberField("readers", transfer.readers());
  }

  private static String shortened(String digest) {
    int end = digest.indexOf(':') + 1 + SHORT_HEX;
    return digest.substring(0, Math.min(end, digest.length()));
  }
}
