package dev.tarn.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The launcher and the image start the same Java processes. */
class ArgumentFilesTest {
  private static final Path TOP = Path.of("..").toAbsolutePath().normalize();
  private static final Path LAUNCH = TOP.resolve("mirror-server/src/main/launch");

  @TempDir Path top;

  @BeforeEach
  void build() throws IOException {
    try (Stream<Path> files = Files.list(LAUNCH)) {
      for (Path file : files.toList()) {
        Tree.copy(file, top.resolve(TOP.relativize(file)));
      }
    }
    write("LICENSE");
    write("mirror-server/target/tarn/lib/b.jar");
    write("mirror-server/target/tarn/lib/a.jar");
    write("mirror-server/target/tarn/native/libx_x86_64.so");
    write("mirror-server/target/tarn/native/libx_aarch_64.so");
    write("containerd-config-agent/target/tarn/lib/c.jar");
  }

  @Test
  void imageStartsTheServerWithTheOptionsOfTheLauncher() throws IOException {
    stage(Platform.AMD64);

    assertThat(lines("serve"))
        .containsExactlyElementsOf(
            Stream.of(
                    launch("common"),
                    launch("serve"),
                    List.of(
                        "-Xshare:off",
                        "-Dio.netty.tmpdir=/",
                        "-Djava.library.path=/opt/tarn/native",
                        "-cp",
                        "/opt/tarn/server/a.jar:/opt/tarn/server/b.jar",
                        "dev.tarn.server.Main"))
                .flatMap(List::stream)
                .toList());
  }

  @Test
  void imageStartsTheAgentsToolsWithTheOptionsOfTheLauncher() throws IOException {
    stage(Platform.AMD64);

    assertThat(lines("agent-tool"))
        .startsWith(launch("common").toArray(String[]::new))
        .containsSubsequence(launch("tool"))
        .endsWith("-cp", "/opt/tarn/agent/c.jar", "dev.tarn.agent.Main");
  }

  @Test
  void cacheThatWasMadeIsUsed() throws IOException {
    Files.createDirectories(root(Platform.AMD64).resolve("opt/tarn"));
    Files.createFile(root(Platform.AMD64).resolve("opt/tarn/server.aot"));

    stage(Platform.AMD64);

    assertThat(lines("tool")).contains("-XX:AOTCache=/opt/tarn/server.aot");
    assertThat(lines("agent")).contains("-Xshare:off").noneMatch(line -> line.contains("AOTCache"));
  }

  @Test
  void imageHasTheNativeLibrariesOfItsPlatformOnly() throws IOException {
    stage(Platform.ARM64);

    assertThat(root(Platform.ARM64).resolve("opt/tarn/native"))
        .isDirectoryContaining("glob:**/libx_aarch_64.so")
        .isDirectoryNotContaining("glob:**/libx_x86_64.so");
  }

  @Test
  void launcherReadsTheFilesAndHasNoOptionOfItsOwn() throws IOException {
    String launcher = Files.readString(TOP.resolve("tarn"));

    assertThat(launcher.lines().filter(line -> !line.strip().startsWith("#")))
        .noneMatch(line -> line.matches(".*-(Xm|Xs|Xi|XX:(?!AOTCache)|Xlog|Dio).*"));
    assertThat(launcher).contains("\"@$launch/common.args\" \"@$launch/$options.args\"");
    try (Stream<Path> files = Files.list(LAUNCH)) {
      assertThat(files.map(file -> file.getFileName().toString().replace(".args", "")))
          .allMatch(name -> name.equals("common") || launcher.contains("options=" + name));
    }
  }

  private void stage(Platform platform) throws IOException {
    Application application =
        new Application(platform, new Settings(Map.of("top", top.toString())), root(platform));
    application.copyJars();
    application.writeArgumentFiles();
  }

  private Path root(Platform platform) {
    return top.resolve("image").resolve(platform.architecture());
  }

  private List<String> lines(String name) throws IOException {
    return Files.readAllLines(root(Platform.AMD64).resolve("opt/tarn/" + name + ".args"));
  }

  private static List<String> launch(String name) throws IOException {
    return Files.readAllLines(LAUNCH.resolve(name + ".args"));
  }

  private void write(String name) throws IOException {
    Tree.write(top.resolve(name), name);
  }
}
