package dev.tarn.server.status;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.tarn.server.status.MemberFacts.MemberFact;
import dev.tarn.server.status.NodeFacts.Space;
import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A node's status as JSON, as {@code docs/api.md} describes it. */
final class StatusJson {
  private static final int MAX_UNWELL = 50;
  private static final int MAX_ZONES = 64;

  private StatusJson() {}

  static String of(NodeStatus status) {
    NodeFacts facts = status.facts();
    return Json.object(
        json -> {
          json.writeStringField("node", facts.identity().node());
          json.writeStringField("zone", facts.identity().zone());
          json.writeStringField("version", facts.identity().version());
          json.writeStringField("time", facts.time().truncatedTo(ChronoUnit.SECONDS).toString());
          json.writeNumberField("uptimeSeconds", facts.sinceStart().seconds());
          json.writeBooleanField("ready", facts.ready());
          json.writeStringField("verdict", status.verdict().label());
          Json.array(json, "findings", status.findings(), StatusJson::finding);
          Json.object(json, "sinceStart", _ -> period(json, facts.sinceStart()));
          Json.object(json, "lastHour", _ -> period(json, facts.lastHour()));
          Json.object(json, "store", _ -> store(json, facts));
          json.writeNumberField("transfers", facts.transfers().count());
          Json.array(json, "registries", facts.registries(), StatusJson::registry);
          members(json, facts);
          text(json, "certificateExpires", facts.certificateExpires().orElse(null));
          agent(json, facts);
          json.writeBooleanField("token", facts.token());
        });
  }

  static void finding(JsonGenerator json, Finding finding) throws IOException {
    json.writeStringField("severity", finding.severity().label());
    json.writeStringField("code", finding.code().label());
    json.writeStringField("subject", finding.subject());
    json.writeStringField("text", finding.text());
    json.writeStringField("fix", finding.fix());
    json.writeStringField("runbook", finding.code().runbook());
  }

  private static void period(JsonGenerator json, Period period) throws IOException {
    Figures figures = period.figures();
    json.writeNumberField("seconds", period.seconds());
    Json.object(
        json,
        "hits",
        _ -> {
          json.writeNumberField("disk", figures.get(Figure.HITS_DISK));
          json.writeNumberField("transfer", figures.get(Figure.HITS_TRANSFER));
          json.writeNumberField("containerd", figures.get(Figure.HITS_CONTAINERD));
        });
    Json.object(
        json,
        "misses",
        _ -> {
          json.writeNumberField("peer", figures.get(Figure.MISSES_PEER));
          json.writeNumberField("upstream", figures.get(Figure.MISSES_UPSTREAM));
        });
    json.writeNumberField("stale", figures.get(Figure.STALE));
    json.writeNumberField("failures", figures.get(Figure.FAILURES));
    Json.object(json, "servedBytes", BySource.of(figures)::write);
    Json.object(
        json,
        "fetchedBytes",
        _ -> {
          json.writeNumberField("peer", figures.get(Figure.FETCHED_PEER));
          json.writeNumberField("upstream", figures.get(Figure.FETCHED_UPSTREAM));
        });
    json.writeNumberField("savedBytes", figures.saved());
    json.writeNumberField("crossZoneBytes", figures.get(Figure.CROSS_ZONE));
    json.writeNumberField("sentToPeersBytes", figures.get(Figure.SENT_TO_PEERS));
  }

  private static void store(JsonGenerator json, NodeFacts facts) throws IOException {
    NodeFacts.Store store = facts.store();
    json.writeNumberField("blobs", store.blobs());
    json.writeNumberField("bytes", store.bytes());
    json.writeNumberField("partialBytes", store.partialBytes());
    json.writeNumberField("limitBytes", store.limitBytes());
    json.writeBooleanField("squeezed", store.squeezed());
    number(json, "freeBytes", store.space().map(Space::freeBytes).orElse(null));
    number(json, "totalBytes", store.space().map(Space::totalBytes).orElse(null));
    json.writeNumberField("corruptBlobs", facts.sinceStart().figures().get(Figure.CORRUPT_BLOBS));
  }

  private static void registry(JsonGenerator json, RegistryFacts registry) throws IOException {
    json.writeStringField("name", registry.name());
    json.writeStringField("state", registry.state().label());
    text(json, "lastAnswer", registry.lastAnswer().orElse(null));
    OptionalInt status = registry.lastStatus();
    number(json, "lastStatus", status.isPresent() ? (long) status.getAsInt() : null);
    text(json, "failingSince", registry.failingSince().orElse(null));
    text(json, "lastFailure", registry.lastFailure().orElse(null));
    OptionalLong remaining = registry.remaining();
    number(json, "rateLimitRemaining", remaining.isPresent() ? remaining.getAsLong() : null);
  }

  private static void members(JsonGenerator json, NodeFacts facts) throws IOException {
    MemberFacts members = facts.members().orElse(null);
    if (members == null) {
      json.writeNullField("members");
      return;
    }
    Map<String, long[]> zones = new TreeMap<>();
    for (MemberFact member : members.members()) {
      count(zones.computeIfAbsent(member.zone(), _ -> new long[3]), member.state());
    }
    List<MemberFact> unwell =
        members.members().stream()
            .filter(member -> member.state() != MemberFacts.State.READY)
            .limit(MAX_UNWELL)
            .toList();
    Json.object(
        json,
        "members",
        _ -> {
          json.writeStringField("source", members.source());
          json.writeNumberField("ageSeconds", members.ageSeconds());
          json.writeNumberField("total", members.members().size());
          json.writeNumberField("ready", members.count(MemberFacts.State.READY));
          json.writeNumberField("notReady", members.count(MemberFacts.State.NOT_READY));
          json.writeNumberField("avoided", members.count(MemberFacts.State.AVOIDED));
          Json.array(
              json, "zones", zones.entrySet().stream().limit(MAX_ZONES).toList(), StatusJson::zone);
          Json.array(json, "unwell", unwell, StatusJson::member);
        });
  }

  private static void count(long[] states, MemberFacts.State state) {
    switch (state) {
      case READY -> states[0]++;
      case NOT_READY -> states[1]++;
      case AVOIDED -> states[2]++;
    }
  }

  private static void zone(JsonGenerator json, Map.Entry<String, long[]> zone) throws IOException {
    json.writeStringField("zone", zone.getKey());
    json.writeNumberField("ready", zone.getValue()[0]);
    json.writeNumberField("notReady", zone.getValue()[1]);
    json.writeNumberField("avoided", zone.getValue()[2]);
  }

  private static void member(JsonGenerator json, MemberFact member) throws IOException {
    json.writeStringField("node", member.node());
    json.writeStringField("zone", member.zone());
    json.writeStringField("state", member.state().label());
  }

  private static void agent(JsonGenerator json, NodeFacts facts) throws IOException {
    NodeFacts.Agent agent = facts.agent().orElse(null);
    if (agent == null) {
      json.writeNullField("agent");
      return;
    }
    Json.object(
        json,
        "agent",
        _ -> {
          json.writeNumberField("entries", agent.entries());
          json.writeNumberField("reportAgeSeconds", agent.reportAgeSeconds());
          json.writeStringField("verdict", agent.effect().label());
        });
  }

  private static void text(JsonGenerator json, String name, @Nullable Object value)
      throws IOException {
    json.writeFieldName(name);
    json.writeString(value == null ? null : text(value));
  }

  private static String text(Object value) {
    return value instanceof Instant time
        ? time.truncatedTo(ChronoUnit.SECONDS).toString()
        : value.toString();
  }

  private static void number(JsonGenerator json, String name, @Nullable Long value)
      throws IOException {
    json.writeFieldName(name);
    if (value == null) {
      json.writeNull();
    } else {
      json.writeNumber(value);
    }
  }
}
