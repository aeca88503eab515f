package dev.tarn.agent.inspect;

import dev.tarn.agent.containerd.Findings;
import dev.tarn.agent.containerd.Prospect;
import dev.tarn.agent.hosts.UpstreamHost;
import dev.tarn.agent.tree.Standing;
import java.util.ArrayList;
import java.util.List;

/** An inspection for a person: short, aligned, plain text. */
public final class TextReport {
  private static final int WIDTH = 96;
  private static final int LABEL = 15;

  private final StringBuilder text = new StringBuilder();

  private TextReport() {}

  public static String of(Inspection inspection) {
    return new TextReport().report(inspection);
  }

  private String report(Inspection inspection) {
    Findings findings = inspection.findings();
    line("containerd", findings.version().orElse("version not known"));
    line("distribution", findings.layout().orElse("not recognised"));
    lines("configuration", findings.files(), "no file, containerd's own defaults");
    lines("roots", findings.roots(), "none");
    switch (findings.prospect()) {
      case Prospect.Effective() ->
          line("takes effect", "yes: containerd reads an entry at the next pull");
      case Prospect.Ineffective(String why, String fix) -> {
        line("takes effect", "no: " + why);
        line("to change", fix);
      }
      case Prospect.Unknown(String why, String tell) -> {
        line("takes effect", "not known: " + why);
        line("to find out", tell);
      }
    }
    if (inspection.agent().isPresent()) {
      AgentsWord word = inspection.agent().get();
      line("the agent says", word.verdict() + ": " + word.why());
      if (!word.advice().isEmpty()) {
        line("", word.advice());
      }
    }
    findings.remarks().forEach(remark -> line("note", remark));
    entries(inspection);
    return text.toString();
  }

  private void entries(Inspection inspection) {
    if (inspection.root().isEmpty()) {
      line("entries", "none: there is no directory to write them to");
      return;
    }
    String root = inspection.root().get();
    line("entries", "in " + root + ", for " + inspection.mirror());
    int width = 0;
    for (Inspection.Entry entry : inspection.entries()) {
      width = Math.max(width, entry.name().length());
    }
    for (Inspection.Entry entry : inspection.entries()) {
      String name = "  " + entry.name() + " ".repeat(width - entry.name().length()) + "  ";
      String elsewhere = entry.root().equals(root) ? "" : "in " + entry.root() + ": ";
      wrap(name, elsewhere + standing(entry));
    }
  }

  private static String standing(Inspection.Entry entry) {
    return switch (entry.standing()) {
      case Standing.Present(List<UpstreamHost> upstreams) -> {
        List<String> urls = new ArrayList<>();
        upstreams.forEach(upstream -> urls.add(upstream.url().toString()));
        yield "there" + (urls.isEmpty() ? "" : ", then " + String.join(", ", urls));
      }
      case Standing.Absent() ->
          "not there; would be written to "
              + entry.root()
              + "/"
              + entry.directory()
              + "/hosts.toml";
      case Standing.LeftAlone(String why) -> "left alone: " + why;
      case Standing.Failed(String why) -> "failed: " + why;
    };
  }

  private void lines(String label, List<String> values, String none) {
    if (values.isEmpty()) {
      line(label, none);
    }
    for (int i = 0; i < values.size(); i++) {
      line(i == 0 ? label : "", values.get(i));
    }
  }

  private void line(String label, String value) {
    wrap(label + " ".repeat(LABEL - label.length()), value);
  }

  /** Breaks at blanks; what has none stays whole, so that a path can be copied. */
  private void wrap(String head, String value) {
    String indent = " ".repeat(head.length());
    StringBuilder line = new StringBuilder(head);
    boolean empty = true;
    for (String word : printable(value).split(" ", -1)) {
      if (!empty && line.length() + 1 + word.length() > WIDTH) {
        text.append(line).append('\n');
        line.setLength(0);
        line.append(indent);
        empty = true;
      }
      line.append(empty ? "" : " ").append(word);
      empty = false;
    }
    text.append(line.toString().stripTrailing()).append('\n');
  }

  /** Names of files may hold anything: nothing of it reaches a terminal as a command. */
  private static String printable(String value) {
    StringBuilder clean = new StringBuilder(value.length());
    value
        .codePoints()
        .forEach(c -> clean.appendCodePoint(Character.isISOControl(c) ? '\uFFFD' : c));
    return clean.toString();
  }
}
