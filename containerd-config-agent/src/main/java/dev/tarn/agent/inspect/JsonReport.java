package dev.tarn.agent.inspect;

import dev.tarn.agent.containerd.Findings;
import dev.tarn.agent.containerd.Prospect;
import dev.tarn.agent.hosts.UpstreamHost;
import dev.tarn.agent.tree.Standing;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * An inspection as JSON, one object. The names of its fields are documented in docs/nodes.md and
 * stay; more may come.
 */
public final class JsonReport {
  private static final String HEX = "0123456789abcdef";

  private final StringBuilder text = new StringBuilder();

  private JsonReport() {}

  public static String of(Inspection inspection) {
    return new JsonReport().report(inspection);
  }

  private String report(Inspection inspection) {
    Findings findings = inspection.findings();
    text.append("{\n  \"outcome\": ");
    string(inspection.outcome().name().toLowerCase(Locale.ROOT));
    field("containerdVersion", findings.version());
    field("distribution", findings.layout());
    field("files", findings.files());
    field("roots", findings.roots());
    switch (findings.prospect()) {
      case Prospect.Effective() -> prospect("effective", "", "", "");
      case Prospect.Ineffective(String why, String fix) -> prospect("ineffective", why, "fix", fix);
      case Prospect.Unknown(String why, String tell) -> prospect("unknown", why, "tell", tell);
    }
    agent(inspection.agent());
    field("remarks", findings.remarks());
    field("mirror", Optional.of(inspection.mirror().toString()));
    field("root", inspection.root());
    name("entries");
    text.append('[');
    for (int i = 0; i < inspection.entries().size(); i++) {
      text.append(i == 0 ? "\n    " : ",\n    ");
      entry(inspection.entries().get(i));
    }
    text.append(inspection.entries().isEmpty() ? "" : "\n  ").append("]\n}\n");
    return text.toString();
  }

  private void prospect(String kind, String why, String adviceName, String advice) {
    name("prospect");
    text.append("{\"kind\": ");
    string(kind);
    if (!why.isEmpty()) {
      text.append(", \"why\": ");
      string(why);
      text.append(", \"").append(adviceName).append("\": ");
      string(advice);
    }
    text.append('}');
  }

  private void agent(Optional<AgentsWord> said) {
    name("agent");
    if (said.isEmpty()) {
      text.append("null");
      return;
    }
    text.append("{\"verdict\": ");
    string(said.get().verdict());
    text.append(", \"why\": ");
    string(said.get().why());
    text.append(", \"advice\": ");
    string(said.get().advice());
    text.append('}');
  }

  private void entry(Inspection.Entry entry) {
    text.append("{\"registry\": ");
    string(entry.name());
    text.append(", \"root\": ");
    string(entry.root());
    text.append(", \"standing\": ");
    switch (entry.standing()) {
      case Standing.Present(List<UpstreamHost> upstreams) -> {
        text.append("\"present\", \"upstreams\": ");
        strings(upstreams.stream().map(upstream -> upstream.url().toString()).toList());
      }
      case Standing.Absent() -> text.append("\"absent\"");
      case Standing.LeftAlone(String why) -> {
        text.append("\"left-alone\", \"why\": ");
        string(why);
      }
      case Standing.Failed(String why) -> {
        text.append("\"failed\", \"why\": ");
        string(why);
      }
    }
    text.append('}');
  }

  private void field(String name, Optional<String> value) {
    name(name);
    if (value.isPresent()) {
      string(value.get());
    } else {
      text.append("null");
    }
  }

  private void field(String name, List<String> values) {
    name(name);
    strings(values);
  }

  private void name(String name) {
    text.append(",\n  \"").append(name).append("\": ");
  }

  private void strings(List<String> values) {
    text.append('[');
    for (int i = 0; i < values.size(); i++) {
      text.append(i == 0 ? "" : ", ");
      string(values.get(i));
    }
    text.append(']');
  }

  /** RFC 8259, section 7. What is no character, half of a surrogate pair, is replaced. */
  private void string(String value) {
    text.append('"');
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c == '"' || c == '\\') {
        text.append('\\').append(c);
      } else if (c == '\n') {
        text.append("\\n");
      } else if (c < ' ' || c == '\u007f' || c == '\u2028' || c == '\u2029') {
        escaped(c);
      } else if (Character.isHighSurrogate(c)
          && i + 1 < value.length()
          && Character.isLowSurrogate(value.charAt(i + 1))) {
        text.append(c).append(value.charAt(++i));
      } else {
        text.append(Character.isSurrogate(c) ? '\uFFFD' : c);
      }
    }
    text.append('"');
  }

  private void escaped(char c) {
    text.append("\\u");
    for (int shift = 12; shift >= 0; shift -= 4) {
      text.append(HEX.charAt((c >> shift) & 0xf));
    }
  }
}
