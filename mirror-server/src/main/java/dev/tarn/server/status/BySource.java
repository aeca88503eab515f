package dev.tarn.server.status;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.Map;

/** Bytes that clients got, by where they were. */
record BySource(long disk, long transfer, long peer, long containerd, long upstream, long none) {
  static final BySource NOTHING = new BySource(0, 0, 0, 0, 0, 0);

  static BySource of(Figures figures) {
    return new BySource(
        figures.get(Figure.SERVED_DISK),
        figures.get(Figure.SERVED_TRANSFER),
        figures.get(Figure.SERVED_PEER),
        figures.get(Figure.SERVED_CONTAINERD),
        figures.get(Figure.SERVED_UPSTREAM),
        figures.get(Figure.SERVED_NONE));
  }

  long sum() {
    return disk + transfer + peer + containerd + upstream + none;
  }

  BySource and(BySource other) {
    return new BySource(
        disk + other.disk,
        transfer + other.transfer,
        peer + other.peer,
        containerd + other.containerd,
        upstream + other.upstream,
        none + other.none);
  }

  void write(JsonGenerator json) throws IOException {
    json.writeNumberField("disk", disk);
    json.writeNumberField("transfer", transfer);
    json.writeNumberField("peer", peer);
    json.writeNumberField("containerd", containerd);
    json.writeNumberField("upstream", upstream);
    json.writeNumberField("none", none);
  }

  static BySource read(Map<?, ?> json) {
    return new BySource(
        Json.number(json, "disk"),
        Json.number(json, "transfer"),
        Json.number(json, "peer"),
        Json.number(json, "containerd"),
        Json.number(json, "upstream"),
        Json.number(json, "none"));
  }
}
