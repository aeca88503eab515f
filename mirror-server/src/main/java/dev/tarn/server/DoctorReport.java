package dev.tarn.server;

import dev.tarn.server.console.JsonText;
import dev.tarn.server.console.Quantity;
import dev.tarn.server.console.Table;
import dev.tarn.server.doctor.Finding;
import dev.tarn.server.doctor.Hop;
import dev.tarn.server.doctor.Report;
import dev.tarn.server.doctor.Severity;

/** What {@code tarn doctor} prints. Pure. */
final class DoctorReport {
  private DoctorReport() {}

  /** For people: the worst first. */
  static String text(Report report) {
    StringBuilder text = new StringBuilder();
    text.append(summary(report)).append("\n\n");
    for (Finding finding : report.findings()) {
      text.append(String.format("%-9s  %s%n", word(finding.severity()), finding.text()));
      line(text, "seen", finding.seen());
      line(text, "fix", finding.fix());
    }
    if (!report.hops().isEmpty()) {
      text.append("\nThe pull of ").append(report.image()).append(", hop by hop:\n");
      Table table = new Table();
      for (Hop hop : report.hops()) {
        table.row(
            "  " + hop.method(),
            hop.what(),
            hop.status() == 0 ? "-" : Integer.toString(hop.status()),
            hop.source().isEmpty() ? "-" : hop.source(),
            Quantity.bytes(hop.bytes()),
            Quantity.time(hop.time()));
      }
      table.lines().forEach(line -> text.append(line).append('\n'));
    }
    return text.toString();
  }

  private static void line(StringBuilder text, String what, String words) {
    if (!words.isEmpty()) {
      text.append(String.format("           %-4s  %s%n", what, words));
    }
  }

  private static String summary(Report report) {
    long trouble = count(report, Severity.TROUBLE);
    long attention = count(report, Severity.ATTENTION);
    if (trouble == 0 && attention == 0) {
      return "Fine: nothing is wrong.";
    }
    return (trouble > 0 ? "In trouble: " : "Needs attention: ")
        + trouble
        + " in trouble, "
        + attention
        + " to look at.";
  }

  private static long count(Report report, Severity severity) {
    return report.findings().stream().filter(each -> each.severity() == severity).count();
  }

  private static String word(Severity severity) {
    return severity == Severity.FINE ? "ok" : severity.word();
  }

  /** For programs. */
  static String json(Report report) {
    return JsonText.of(
            json -> {
              json.writeStartObject();
              json.writeStringField("verdict", report.verdict().word());
              json.writeArrayFieldStart("findings");
              for (Finding finding : report.findings()) {
                json.writeStartObject();
                json.writeStringField("severity", finding.severity().word());
                json.writeStringField("code", finding.code());
                json.writeStringField("subject", finding.subject());
                json.writeStringField("text", finding.text());
                json.writeStringField("seen", finding.seen());
                json.writeStringField("fix", finding.fix());
                json.writeEndObject();
              }
              json.writeEndArray();
              json.writeStringField("image", report.image());
              json.writeArrayFieldStart("hops");
              for (Hop hop : report.hops()) {
                json.writeStartObject();
                json.writeStringField("method", hop.method());
                json.writeStringField("what", hop.what());
                json.writeNumberField("status", hop.status());
                json.writeStringField("source", hop.source());
                json.writeNumberField("bytes", hop.bytes());
                json.writeNumberField("milliseconds", hop.time().toMillis());
                json.writeEndObject();
              }
              json.writeEndArray();
              json.writeEndObject();
            })
        + "\n";
  }
}
