package dev.tarn.e2e.container;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tarn.e2e.image.Hashing;
import dev.tarn.e2e.process.Child;
import dev.tarn.e2e.run.CaseRun;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What can be told of the image without running it. */
final class ImageCases {
  private static final Duration LIST_LIMIT = Duration.ofMinutes(1);
  private static final long MOST_BYTES = 90_000_000;

  /** The file types and permissions of tar's list that are no plain file and no directory. */
  private static final Pattern PLAIN = Pattern.compile("[-d][rwx-]{9}");

  private static final Pattern MAY_RUN =
      Pattern.compile(
          "opt/java/bin/\\w+|opt/java/lib/jspawnhelper|lib(64)?/ld-linux-[\\w-]+\\.so\\.\\d");

  private ImageCases() {}

  static void describesItself(ShippedImage image, CaseRun run) throws Exception {
    Map<String, JsonNode> platforms = image.platforms();

    run.check(platforms.containsKey("amd64"), "there is no amd64 among " + platforms.keySet());
    for (JsonNode manifest : platforms.values()) {
      JsonNode config = image.read(manifest.get("config"));
      run.check(config.at("/os").asText().equals("linux"), "it is for " + config.at("/os"));
      run.check(
          config.at("/config/User").asText().equals("65532:65532"),
          "its user is " + config.at("/config/User"));
      run.check(
          config
              .at("/config/Entrypoint")
              .toString()
              .equals("[\"/opt/java/bin/java\",\"@/opt/tarn/serve.args\"]"),
          "it starts " + config.at("/config/Entrypoint"));
    }
  }

  static void isSmall(ShippedImage image, CaseRun run) throws Exception {
    for (Map.Entry<String, JsonNode> platform : image.platforms().entrySet()) {
      long bytes = 0;
      for (JsonNode layer : platform.getValue().get("layers")) {
        bytes += layer.get("size").asLong();
      }
      run.figure("bytes_" + platform.getKey(), bytes);
      run.checkBetween("bytes of " + platform.getKey(), 1, MOST_BYTES, bytes);
    }
  }

  static void digestsHold(ShippedImage image, CaseRun run) throws Exception {
    try (Stream<Path> blobs = Files.list(image.layout().resolve("blobs/sha256"))) {
      for (Path blob : blobs.toList()) {
        String digest = Hashing.digest(blob);
        run.check(digest.equals("sha256:" + blob.getFileName()), blob + " is " + digest);
      }
    }
  }

  static void hasItsBill(ShippedImage image, CaseRun run) throws Exception {
    List<JsonNode> referrers = image.referrers();

    run.checkEquals("manifests that refer to the image", 1, referrers.size());
    JsonNode bill = image.read(referrers.getFirst().get("layers").get(0));
    List<String> names = bill.get("components").findValuesAsText("name");
    for (String name :
        List.of("mirror-server", "containerd-config-agent", "netty-common", "tomlj", "OpenJDK")) {
      run.check(names.contains(name), "the bill of materials lacks " + name);
    }
    List<String> urls = bill.get("components").findValuesAsText("purl");
    for (String platform : image.platforms().keySet()) {
      run.check(
          urls.stream().anyMatch(url -> url.matches("pkg:generic/openjdk@.*arch=" + platform)),
          "the bill of materials lacks the Java runtime for " + platform);
    }
  }

  static void hasNothingToRunButJava(ShippedImage image, CaseRun run) throws Exception {
    for (JsonNode manifest : image.platforms().values()) {
      for (JsonNode layer : manifest.get("layers")) {
        List<String> command =
            List.of("tar", "--warning=no-unknown-keyword", "-tvzf", image.blob(layer).toString());
        Child.Finished listed =
            Child.run("tar", run.workspace().directory(), Map.of(), command, LIST_LIMIT).orFail();
        listed.output().lines().forEach(line -> check(run, line));
      }
    }
  }

  private static void check(CaseRun run, String line) {
    String mode = line.substring(0, 10);
    String path = line.substring(line.lastIndexOf(' ') + 1);
    run.check(PLAIN.matcher(mode).matches(), "a link, or set-id: " + line);
    run.check(
        mode.startsWith("d") || mode.indexOf('x') < 0 || MAY_RUN.matcher(path).matches(),
        "it can be run: " + line);
  }

  static void isTheSameAgain(ShippedImage image, CaseRun run) throws Exception {
    Path directory = run.workspace().directory();
    String first = withoutLearning(directory).entry().toString();

    String second = withoutLearning(directory).entry().toString();

    run.check(first.equals(second), "one build made " + first + ", another " + second);
  }

  private static ShippedImage withoutLearning(Path directory) {
    return ShippedImage.build(directory, "-Dimage.train=false", "-Dmaven.jar.forceCreation=true");
  }
}
