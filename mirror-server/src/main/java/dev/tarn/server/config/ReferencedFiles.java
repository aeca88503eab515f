package dev.tarn.server.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The files that a configuration names, and which of them cannot be used. Reads them; blocks. */
public final class ReferencedFiles {
  private final List<String> problems = new ArrayList<>();

  private ReferencedFiles() {}

  /** What is wrong with them, by the keys that name them. */
  public static List<String> problems(Configuration configuration) {
    ReferencedFiles files = new ReferencedFiles();
    configuration
        .registries()
        .forEach(
            (host, registry) -> {
              String path = "registries[" + host + "]";
              for (var upstream : registry.upstreamsOf(host)) {
                upstream.ca().ifPresent(ca -> files.isReadable(path, "ca", ca));
              }
              files.checkCredentials(path + ".credentials", registry.credentials());
            });
    configuration
        .admin()
        .tokenFile()
        .ifPresent(token -> files.isReadable("admin", "tokenFile", token));
    configuration
        .agent()
        .directory()
        .ifPresent(shared -> files.isReadable("agent", "directory", shared));
    return List.copyOf(files.problems);
  }

  private void checkCredentials(String path, CredentialsConfiguration credentials) {
    credentials.dockerConfig().ifPresent(config -> isReadable(path, "dockerConfig", config));
    credentials
        .providerBinDir()
        .ifPresent(directory -> isReadable(path, "providerBinDir", directory));
    credentials
        .providerConfig()
        .filter(config -> isReadable(path, "providerConfig", config))
        .ifPresent(this::checkProviders);
  }

  private void checkProviders(Path file) {
    try {
      var _ = CredentialProvidersLoader.parse(Files.readString(file));
    } catch (InvalidConfigurationException e) {
      e.problems().forEach(problem -> problems.add(file + ": " + problem));
    } catch (IOException e) {
      problems.add(file + ": " + e);
    }
  }

  private boolean isReadable(String path, String key, Path file) {
    boolean readable = Files.isReadable(file);
    if (!readable) {
      problems.add(path + ": cannot read " + key + " " + file);
    }
    return readable;
  }
}
