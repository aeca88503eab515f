package dev.tarn.e2e.chart;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tarn.e2e.check.Await;
import dev.tarn.e2e.check.CaseFailed;
import dev.tarn.e2e.kube.HollowNode;
import dev.tarn.e2e.kube.KubeApi;
import dev.tarn.e2e.kube.Trees;
import dev.tarn.e2e.process.Child;
import dev.tarn.e2e.process.Ports;
import dev.tarn.e2e.run.Case;
import dev.tarn.e2e.run.CaseRun;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** The authority of peer certificates: made, renewed, used, by the rights that the chart gives. */
final class CertificateCases {
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final Duration LIMIT = Duration.ofSeconds(20);
  private static final int FORBIDDEN = 403;
  private static final int NOT_FOUND = 404;
  private static final int AT_ONCE = 4;
  private static final String SECRET = "tarn-peer-tls";
  private static final String NAME = "tarn-certs";

  private CertificateCases() {}

  static List<Case<ChartBench>> all() {
    return List.of(
        Case.of(
            "certificates: a release makes its authority, and nodes issue their own of it",
            CertificateCases::used),
        Case.of(
            "certificates: several Jobs at once make one authority, and again change nothing",
            CertificateCases::atOnce),
        Case.of("certificates: an authority is followed by the next", CertificateCases::renewed));
  }

  private static void used(ChartBench bench, CaseRun run) throws Exception {
    ChartCluster cluster = bench.cluster();
    String namespace = cluster.namespace(run, "privileged");
    cluster.install(namespace).orFail();
    awaitSecret(cluster, namespace);
    JsonNode secret = cluster.api().get(secret(namespace));
    JsonNode service = cluster.api().get("/api/v1/namespaces/" + namespace + "/services/tarn");
    run.check(
        Trees.text(secret, "metadata.ownerReferences.0.uid")
            .equals(Trees.text(service, "metadata.uid")),
        "it does not belong to the Service: " + Trees.at(secret, "metadata"));

    Path authority = write(run, secret, "ca.crt");
    String text = openssl(run, "x509", "-in", authority.toString(), "-noout", "-text");
    run.check(
        text.contains("CA:TRUE, pathlen:0") && text.contains("Certificate Sign, CRL Sign"),
        "openssl reads it as " + text);

    cluster.awaitReady(namespace, ChartCluster.RELEASE);
    // Those of the first pods were laid out before there was a Secret.
    HollowNode node = cluster.nodes().getFirst();
    JsonNode before = cluster.nodePod(namespace, node);
    cluster
        .api()
        .delete("/api/v1/namespaces/" + namespace + "/pods/" + Trees.text(before, "metadata.name"))
        .orFail();
    Await.until(
        "another pod runs",
        PATIENCE,
        () -> {
          List<JsonNode> now =
              cluster.pods(namespace).stream()
                  .filter(pod -> Trees.text(pod, "spec.nodeName").equals(node.name()))
                  .filter(pod -> Trees.text(pod, "spec.containers.0.name").equals("tarn"))
                  .toList();
          return now.size() == 1
              && !Trees.text(now.getFirst(), "metadata.uid")
                  .equals(Trees.text(before, "metadata.uid"))
              && Trees.text(now.getFirst(), "status.phase").equals("Running");
        });
    cluster.awaitReady(namespace, ChartCluster.RELEASE);
    int port = Ports.free();
    Map<String, String> loopback =
        Map.of(
            "TARN_ADMIN_LISTEN", "127.0.0.1:" + Ports.free(),
            "TARN_PEERS_LISTEN", "127.0.0.1:" + port,
            "TARN_REGISTRY_LISTEN", "127.0.0.1:" + Ports.free());
    try (Child server = cluster.kubelet().run(cluster.nodePod(namespace, node), "tarn", loopback)) {
      Await.until(
          "the server has a certificate",
          PATIENCE,
          () -> server.output().contains("peer_certificate_loaded"));
      Await.until(
          "it listens for peers",
          PATIENCE,
          () -> connect(run, authority, port).contains("BEGIN CERTIFICATE"));
      String shown = connect(run, authority, port);
      run.check(shown.contains("Verification: OK"), "openssl does not believe it: " + shown);
      Path leaf = run.workspace().directory().resolve("leaf.crt");
      Files.writeString(leaf, shown.substring(shown.indexOf("-----BEGIN")));
      for (String purpose : List.of("sslserver", "sslclient")) {
        openssl(
            run,
            "verify",
            "-x509_strict",
            "-purpose",
            purpose,
            "-verify_hostname",
            "tarn-peer",
            "-CAfile",
            authority.toString(),
            leaf.toString());
      }
      String own = openssl(run, "x509", "-in", leaf.toString(), "-noout", "-text");
      run.check(own.contains("DNS:tarn-peer, DNS:" + node.name()), "it is not the node's: " + own);
    }
    cluster.drop(namespace);
    Await.until(
        "the Secret goes with the release",
        PATIENCE,
        () -> !cluster.api().exists(secret(namespace)));
  }

  private static void atOnce(ChartBench bench, CaseRun run) throws Exception {
    ChartCluster cluster = bench.cluster();
    String namespace = cluster.namespace(run, "restricted");
    cluster.install(namespace).orFail();
    awaitSecret(cluster, namespace);
    String first = entry(cluster.api().get(secret(namespace)), "tls.crt");
    cluster.api().delete(secret(namespace)).orFail();

    List<String> jobs = new ArrayList<>();
    for (int i = 0; i < AT_ONCE; i++) {
      jobs.add(begin(cluster, namespace, "at-once-" + i));
    }
    for (String job : jobs) {
      awaitJob(cluster, namespace, job);
    }
    JsonNode made = cluster.api().get(secret(namespace));
    run.check(!entry(made, "tls.crt").equals(first), "the Secret was not made anew");
    String logs = cluster.kubelet().logs(namespace, "at-once-");
    run.checkEquals("how many made it; " + logs, 1, count(logs, ": made "));
    run.checkEquals("how many are content; " + logs, AT_ONCE, count(logs, "the next one follows"));
    run.check(!logs.contains("PRIVATE KEY"), "a key is in a log");

    awaitJob(cluster, namespace, begin(cluster, namespace, "again"));
    run.check(
        cluster.api().get(secret(namespace)).equals(made), "what is as it should be was written");
    String again = cluster.kubelet().logs(namespace, "again");
    run.check(again.contains("nothing to do"), "it said " + again);
    checkRights(cluster, run, namespace);
    cluster.drop(namespace);
  }

  private static void checkRights(ChartCluster cluster, CaseRun run, String namespace) {
    KubeApi account = cluster.api().as(cluster.api().token(namespace, NAME));
    String secrets = "/api/v1/namespaces/" + namespace + "/secrets";
    run.check(account.send("GET", secret(namespace), "", "").good(), "its own Secret");
    for (String path :
        List.of(
            secrets,
            secrets + "/another",
            "/api/v1/namespaces/default/secrets/" + SECRET,
            "/api/v1/namespaces/" + namespace + "/services",
            "/api/v1/namespaces/" + namespace + "/pods",
            "/api/v1/nodes")) {
      run.checkEquals("status of " + path, FORBIDDEN, account.send("GET", path, "", "").status());
    }
    run.checkEquals("its end", FORBIDDEN, account.delete(secret(namespace)).status());
    // The nodes' own account has no right to it: it is mounted, by the kubelet's.
    KubeApi nodes = cluster.api().as(cluster.api().token(namespace, ChartCluster.RELEASE));
    run.checkEquals(
        "a node's account", FORBIDDEN, nodes.send("GET", secret(namespace), "", "").status());
  }

  private static void renewed(ChartBench bench, CaseRun run) throws Exception {
    ChartCluster cluster = bench.cluster();
    String namespace = cluster.namespace(run, "restricted");
    cluster.install(namespace, "peers.tls.life=1m", "peers.tls.minOverlap=1s").orFail();
    awaitSecret(cluster, namespace);
    String first = entry(cluster.api().get(secret(namespace)), "tls.crt");

    JsonNode trusted =
        awaitStep(cluster, namespace, "trusts", step -> !entry(step, "next.crt").isEmpty());
    String next = entry(trusted, "next.crt");
    run.check(entry(trusted, "tls.crt").equals(first), "the next signs before it is trusted");
    run.check(entry(trusted, "ca.crt").equals(first + next), "both are to be trusted");

    JsonNode signing =
        awaitStep(cluster, namespace, "signs", step -> entry(step, "tls.crt").equals(next));
    run.check(entry(signing, "ca.crt").equals(first + next), "the old one is to be trusted");
    run.check(entry(signing, "next.crt").isEmpty(), "the next one has no next");

    JsonNode dropped =
        awaitStep(cluster, namespace, "drops", step -> !entry(step, "ca.crt").contains(first));
    run.check(entry(dropped, "ca.crt").contains(next), "who signs is to be trusted");
    cluster.drop(namespace);
  }

  private interface Step {
    boolean isDone(JsonNode secret);
  }

  /** Runs the CronJob's Job until it has done that. */
  private static JsonNode awaitStep(ChartCluster cluster, String namespace, String name, Step step)
      throws Exception {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    for (int i = 0; System.nanoTime() < deadline; i++) {
      awaitJob(cluster, namespace, begin(cluster, namespace, name + "-" + i));
      JsonNode secret = cluster.api().get(secret(namespace));
      if (step.isDone(secret)) {
        return secret;
      }
    }
    throw new CaseFailed("no run " + name + "; " + cluster.kubelet().logs(namespace, name));
  }

  private static String begin(ChartCluster cluster, String namespace, String job) {
    cluster
        .plane()
        .kubectl("--namespace", namespace, "create", "job", "--from=cronjob/" + NAME, job)
        .orFail();
    return job;
  }

  /** Those that are done are removed but for the newest one, as the CronJob has it. */
  private static void awaitJob(ChartCluster cluster, String namespace, String job)
      throws Exception {
    String path = "/apis/batch/v1/namespaces/" + namespace + "/jobs/" + job;
    Await.until(
        "the Job " + job + " is done; " + cluster.messages(namespace),
        PATIENCE,
        () -> {
          KubeApi.Answer answer = cluster.api().send("GET", path, "", "");
          return answer.status() == NOT_FOUND
              || Trees.at(answer.body(), "status.succeeded").asInt(0) == 1;
        });
  }

  private static void awaitSecret(ChartCluster cluster, String namespace) throws Exception {
    Await.until(
        "the Job makes the Secret; " + cluster.messages(namespace),
        PATIENCE,
        () -> cluster.api().send("GET", secret(namespace), "", "").status() != NOT_FOUND);
  }

  private static String secret(String namespace) {
    return "/api/v1/namespaces/" + namespace + "/secrets/" + SECRET;
  }

  private static String entry(JsonNode secret, String name) {
    return new String(
        Base64.getDecoder().decode(secret.path("data").path(name).asText("")),
        StandardCharsets.US_ASCII);
  }

  private static int count(String text, String word) {
    return text.split(Pattern.quote(word), -1).length - 1;
  }

  private static Path write(CaseRun run, JsonNode secret, String name) throws IOException {
    return Files.writeString(run.workspace().directory().resolve(name), entry(secret, name));
  }

  private static String openssl(CaseRun run, String... arguments) {
    List<String> command = new ArrayList<>(List.of("openssl"));
    command.addAll(List.of(arguments));
    return Child.run("openssl", run.workspace().directory(), Map.of(), command, LIMIT)
        .orFail()
        .output();
  }

  /** What openssl says of who listens there; it shows no certificate, so it is refused later. */
  private static String connect(CaseRun run, Path authority, int port) {
    String script =
        "openssl s_client -connect 127.0.0.1:%d -servername tarn-peer -verify_hostname tarn-peer -CAfile %s </dev/null 2>&1 || true"
            .formatted(port, authority);
    return Child.run(
            "openssl", run.workspace().directory(), Map.of(), List.of("sh", "-c", script), LIMIT)
        .output();
  }
}
