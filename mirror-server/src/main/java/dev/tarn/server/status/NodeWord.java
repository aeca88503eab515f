package dev.tarn.server.status;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a node tells its peers of itself: its status in few words, without anybody's names.
 *
 * @param findings at most {@value #MAX_FINDINGS}
 * @param registries those that were asked lately, at most {@value #MAX_REGISTRIES}
 * @param agent what it says of containerd; empty where there is none
 */
public record NodeWord(
    String version,
    long uptimeSeconds,
    boolean ready,
    Verdict verdict,
    List<Told> findings,
    Sums sinceStart,
    Sums lastHour,
    long storeBytes,
    long storeLimitBytes,
    TransferSums transfers,
    Map<String, RegistryFacts.State> registries,
    Optional<String> agent) {
  static final int MAX_FINDINGS = 32;
  static final int MAX_REGISTRIES = 64;
  private static final int MAX_TEXT = 400;
  private static final Pattern CODE = Pattern.compile("[a-z][a-z-]{0,63}");
  private static final Pattern REGISTRY = Pattern.compile("[A-Za-z0-9.:\\[\\]-]{1,260}");

  public NodeWord {
    findings = List.copyOf(findings);
    registries = Collections.unmodifiableMap(new TreeMap<>(registries));
  }

  /** A finding, whose code may be one of a later version. */
  record Told(Verdict severity, String code, String subject, String text, String fix) {}

  /** A status in few words. */
  public static NodeWord of(NodeStatus status) {
    NodeFacts facts = status.facts();
    return new NodeWord(
        facts.identity().version(),
        facts.sinceStart().seconds(),
        facts.ready(),
        status.verdict(),
        status.findings().stream()
            .limit(MAX_FINDINGS)
            .map(
                finding ->
                    new Told(
                        finding.severity(),
                        finding.code().label(),
                        finding.subject(),
                        finding.text(),
                        finding.fix()))
            .toList(),
        Sums.of(facts.sinceStart().figures()),
        Sums.of(facts.lastHour().figures()),
        facts.store().bytes(),
        facts.store().limitBytes(),
        facts.transfers(),
        facts.registries().stream()
            .filter(registry -> registry.state() != RegistryFacts.State.QUIET)
            .limit(MAX_REGISTRIES)
            .collect(Collectors.toMap(RegistryFacts::name, RegistryFacts::state)),
        facts.agent().map(agent -> agent.effect().label()));
  }

  /** For {@link #read}, of this version or another. */
  public String json() {
    return Json.object(
        json -> {
          json.writeStringField("version", version);
          json.writeNumberField("uptimeSeconds", uptimeSeconds);
          json.writeBooleanField("ready", ready);
          json.writeStringField("verdict", verdict.label());
          Json.array(
              json,
              "findings",
              findings,
              (_, finding) -> {
                json.writeStringField("severity", finding.severity().label());
                json.writeStringField("code", finding.code());
                json.writeStringField("subject", finding.subject());
                json.writeStringField("text", finding.text());
                json.writeStringField("fix", finding.fix());
              });
          Json.object(json, "sinceStart", sinceStart::write);
          Json.object(json, "lastHour", lastHour::write);
          json.writeNumberField("storeBytes", storeBytes);
          json.writeNumberField("storeLimitBytes", storeLimitBytes);
          Json.object(json, "inFlight", transfers::write);
          Json.object(
              json,
              "registries",
              out -> {
                for (var registry : registries.entrySet()) {
                  out.writeStringField(registry.getKey(), registry.getValue().label());
                }
              });
          json.writeFieldName("agent");
          json.writeString(agent.orElse(null));
        });
  }

  /** What another node said; empty where it makes no sense. What it does not say is 0 or empty. */
  static Optional<NodeWord> read(String text) {
    Object read;
    try {
      read = Json.read(text);
    } catch (IOException _) {
      return Optional.empty();
    }
    if (!(read instanceof Map<?, ?> json)) {
      return Optional.empty();
    }
    Optional<Verdict> verdict = Verdict.ofLabel(words(json, "verdict"));
    return verdict.map(
        said ->
            new NodeWord(
                words(json, "version"),
                Json.number(json, "uptimeSeconds"),
                Boolean.TRUE.equals(json.get("ready")),
                said,
                findings(json.get("findings")),
                sums(json.get("sinceStart")),
                sums(json.get("lastHour")),
                Json.number(json, "storeBytes"),
                Json.number(json, "storeLimitBytes"),
                json.get("inFlight") instanceof Map<?, ?> transfers
                    ? TransferSums.read(transfers)
                    : TransferSums.NOTHING,
                registries(json.get("registries")),
                json.get("agent") instanceof String
                    ? Optional.of(words(json, "agent"))
                    : Optional.empty()));
  }

  private static Sums sums(@Nullable Object json) {
    return json instanceof Map<?, ?> fields ? Sums.read(fields) : Sums.NOTHING;
  }

  private static List<Told> findings(@Nullable Object json) {
    List<Told> findings = new ArrayList<>();
    if (json instanceof List<?> list) {
      for (Object each : list) {
        if (each instanceof Map<?, ?> fields && findings.size() < MAX_FINDINGS) {
          String code = words(fields, "code");
          Verdict severity = Verdict.ofLabel(words(fields, "severity")).orElse(Verdict.ATTENTION);
          if (CODE.matcher(code).matches() && severity != Verdict.FINE) {
            findings.add(
                new Told(
                    severity,
                    code,
                    words(fields, "subject"),
                    words(fields, "text"),
                    words(fields, "fix")));
          }
        }
      }
    }
    return findings;
  }

  private static Map<String, RegistryFacts.State> registries(@Nullable Object json) {
    Map<String, RegistryFacts.State> registries = new TreeMap<>();
    if (json instanceof Map<?, ?> fields) {
      fields.forEach(
          (name, said) -> {
            if (REGISTRY.matcher(String.valueOf(name)).matches()
                && registries.size() < MAX_REGISTRIES) {
              RegistryFacts.State.ofLabel(String.valueOf(said))
                  .ifPresent(state -> registries.put(String.valueOf(name), state));
            }
          });
    }
    return registries;
  }

  /** Text that a terminal can be shown, too. */
  private static String words(Map<?, ?> json, String name) {
    if (!(json.get(name) instanceof String text)) {
      return "";
    }
    String bounded = text.length() <= MAX_TEXT ? text : text.substring(0, MAX_TEXT);
    return bounded.replaceAll("[\\p{Cntrl}\\p{Cf}]", " ");
  }
}
