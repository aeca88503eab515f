package dev.tarn.server.doctor;

import dev.tarn.core.name.ImageReference;
import dev.tarn.server.console.AdminClient;
import dev.tarn.server.console.Http;
import dev.tarn.server.console.Json;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** What the node finds wrong itself, and which image it knows that could be pulled. */
final class NodesOwnWord {
  private final AdminClient admin;
  private final List<Finding> findings;

  NodesOwnWord(AdminClient admin, List<Finding> findings) {
    this.admin = admin;
    this.findings = findings;
  }

  /** Adds what was not found from outside. */
  void run() throws IOException {
    Http.Answer answer = admin.get("/api/v1/status");
    if (answer.status() != HttpURLConnection.HTTP_OK) {
      findings.add(
          Finding.note(
              "node",
              "The node does not say how it is.",
              "/api/v1/status was answered " + answer.status() + "."));
      return;
    }
    for (Json each : Json.parse(answer.body()).list("findings")) {
      String code = each.text("code");
      String subject = each.text("subject");
      boolean known =
          findings.stream()
              .anyMatch(found -> found.code().equals(code) && found.subject().equals(subject));
      if (!known) {
        findings.add(
            new Finding(
                each.text("severity").equals("trouble") ? Severity.TROUBLE : Severity.ATTENTION,
                code,
                subject,
                each.text("text"),
                "The node says so itself.",
                each.text("fix")));
      }
    }
  }

  /** The tag that was asked for most, as far as the node tells. */
  Optional<ImageReference> image() throws IOException {
    if (!admin.hasToken()) {
      return Optional.empty();
    }
    Http.Answer answer = admin.get("/api/v1/images");
    if (answer.status() != HttpURLConnection.HTTP_OK) {
      return Optional.empty();
    }
    return Json.parse(answer.body()).list("images").stream()
        .filter(each -> !each.list("tags").isEmpty())
        .sorted(Comparator.comparingLong((Json each) -> each.number("requests")).reversed())
        .findFirst()
        .flatMap(
            each ->
                ImageReference.parse(
                    each.text("registry")
                        + "/"
                        + each.text("repository")
                        + ":"
                        + each.list("tags").getFirst().text("tag")));
  }
}
