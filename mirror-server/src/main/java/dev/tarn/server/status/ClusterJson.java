package dev.tarn.server.status;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.tarn.server.status.ClusterView.Answer;
import dev.tarn.server.status.ClusterView.Heard;
import dev.tarn.server.status.NodeWord.Told;
import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/** What members said as JSON, as {@code docs/api.md} describes it. */
final class ClusterJson {
  private static final int MAX_EXAMPLES = 10;
  private static final int MAX_REGISTRIES = 200;

  private static final Told SILENT =
      new Told(
          Verdict.ATTENTION,
          FindingCode.MEMBER_SILENT.label(),
          "",
          "Members that are ready did not say how they are.",
          "See whether their Tarn runs, and whether the peer port is open between nodes.");

  /** A finding, and who has it. */
  private record Shared(Told finding, List<String> nodes) {}

  /** How a registry fares, by the nodes that asked it lately. */
  private static final class Fare {
    final String name;
    final List<String> unwell = new ArrayList<>();
    int well;
    int limited;
    int failing;

    Fare(String name) {
      this.name = name;
    }

    void add(String node, RegistryFacts.State state) {
      switch (state) {
        case QUIET -> {}
        case WELL -> well++;
        case LIMITED -> {
          limited++;
          unwell.add(node);
        }
        case FAILING -> {
          failing++;
          unwell.addFirst(node);
        }
      }
    }
  }

  private ClusterJson() {}

  static String of(String self, Instant time, List<Answer> answers) {
    List<Shared> findings = findings(answers);
    Verdict verdict =
        findings.stream()
            .map(shared -> shared.finding().severity())
            .reduce(worst(answers), Verdict::or);
    return Json.object(
        json -> {
          json.writeStringField("node", self);
          json.writeStringField("time", time.truncatedTo(ChronoUnit.SECONDS).toString());
          json.writeNumberField("total", answers.size());
          json.writeNumberField(
              "answered",
              answers.stream().filter(answer -> answer.heard() == Heard.ANSWERED).count());
          json.writeStringField("verdict", verdict.label());
          Json.array(json, "findings", findings, ClusterJson::finding);
          Json.object(json, "sinceStart", sum(answers, NodeWord::sinceStart)::write);
          Json.object(json, "lastHour", sum(answers, NodeWord::lastHour)::write);
          Json.object(json, "inFlight", transfers(answers)::write);
          Json.array(json, "registries", registries(answers), ClusterJson::registry);
          Json.array(json, "nodes", answers, ClusterJson::node);
        });
  }

  private static Verdict worst(List<Answer> answers) {
    return answers.stream()
        .flatMap(answer -> answer.word().stream())
        .map(NodeWord::verdict)
        .reduce(Verdict.FINE, Verdict::or);
  }

  private static Sums sum(List<Answer> answers, Function<NodeWord, Sums> which) {
    return answers.stream()
        .flatMap(answer -> answer.word().stream())
        .map(which)
        .reduce(Sums.NOTHING, Sums::and);
  }

  private static TransferSums transfers(List<Answer> answers) {
    return answers.stream()
        .flatMap(answer -> answer.word().stream())
        .map(NodeWord::transfers)
        .reduce(TransferSums.NOTHING, TransferSums::and);
  }

  private static List<Fare> registries(List<Answer> answers) {
    Map<String, Fare> fares = new TreeMap<>();
    for (Answer answer : answers) {
      answer
          .word()
          .ifPresent(
              word ->
                  word.registries()
                      .forEach(
                          (name, state) ->
                              fares
                                  .computeIfAbsent(name, Fare::new)
                                  .add(answer.member().node(), state)));
    }
    return fares.values().stream().limit(MAX_REGISTRIES).toList();
  }

  private static void registry(JsonGenerator json, Fare fare) throws IOException {
    json.writeStringField("name", fare.name);
    json.writeNumberField("well", fare.well);
    json.writeNumberField("limited", fare.limited);
    json.writeNumberField("failing", fare.failing);
    examples(json, fare.unwell);
  }

  private static void examples(JsonGenerator json, List<String> nodes) throws IOException {
    json.writeArrayFieldStart("examples");
    for (String node : nodes.subList(0, Math.min(MAX_EXAMPLES, nodes.size()))) {
      json.writeString(node);
    }
    json.writeEndArray();
  }

  /** One for each code and subject, the worst first. */
  private static List<Shared> findings(List<Answer> answers) {
    Map<String, Shared> shared = new LinkedHashMap<>();
    for (Answer answer : answers) {
      answer
          .word()
          .ifPresent(
              word ->
                  word.findings().forEach(finding -> add(shared, finding, answer.member().node())));
      if (answer.heard() == Heard.NONE && answer.member().state() != MemberFacts.State.NOT_READY) {
        add(shared, SILENT, answer.member().node());
      }
    }
    return shared.values().stream()
        .sorted(Comparator.comparing((Shared each) -> each.finding().severity()).reversed())
        .toList();
  }

  private static void add(Map<String, Shared> shared, Told finding, String node) {
    Shared known =
        shared.computeIfAbsent(
            finding.severity() + " " + finding.code() + " " + finding.subject(),
            _ -> new Shared(finding, new ArrayList<>()));
    // Who has two of them says so at once.
    if (known.nodes().isEmpty() || !known.nodes().getLast().equals(node)) {
      known.nodes().add(node);
    }
  }

  private static void finding(JsonGenerator json, Shared shared) throws IOException {
    Told finding = shared.finding();
    json.writeStringField("severity", finding.severity().label());
    json.writeStringField("code", finding.code());
    json.writeStringField("subject", finding.subject());
    json.writeStringField("text", finding.text());
    json.writeStringField("fix", finding.fix());
    json.writeStringField("runbook", "operations.md#" + finding.code());
    json.writeNumberField("nodes", shared.nodes().size());
    examples(json, shared.nodes());
  }

  private static void node(JsonGenerator json, Answer answer) throws IOException {
    json.writeStringField("node", answer.member().node());
    json.writeStringField("zone", answer.member().zone());
    json.writeStringField("state", answer.member().state().label());
    json.writeStringField("word", answer.heard().name().toLowerCase(Locale.ROOT));
    if (answer.word().isPresent()) {
      word(json, answer.word().get());
    }
  }

  private static void word(JsonGenerator json, NodeWord word) throws IOException {
    json.writeStringField("version", word.version());
    json.writeNumberField("uptimeSeconds", word.uptimeSeconds());
    json.writeBooleanField("ready", word.ready());
    json.writeStringField("verdict", word.verdict().label());
    json.writeArrayFieldStart("findings");
    for (Told finding : word.findings()) {
      json.writeString(finding.code());
    }
    json.writeEndArray();
    Json.object(json, "sinceStart", word.sinceStart()::writeShort);
    Json.object(json, "lastHour", word.lastHour()::writeShort);
    json.writeNumberField("storeBytes", word.storeBytes());
    json.writeNumberField("storeLimitBytes", word.storeLimitBytes());
    json.writeNumberField("transfers", word.transfers().count());
    Json.object(json, "inFlight", word.transfers()::write);
    json.writeFieldName("agent");
    json.writeString(word.agent().orElse(null));
  }
}
