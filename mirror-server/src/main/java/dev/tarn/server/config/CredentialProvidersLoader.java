package dev.tarn.server.config;

import dev.tarn.server.config.InvalidConfigurationException.Problem;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Reads a kubelet's {@code CredentialProviderConfig}, as YAML or JSON and as strictly as a kubelet
 * does. What it says of a mistake never repeats a value: arguments and variables may be secret.
 */
public final class CredentialProvidersLoader {
  private static final Pattern VERSION =
      Pattern.compile("kubelet\\.config\\.k8s\\.io/v1(?:(?:alpha|beta)1)?");
  private static final Pattern FOUND = Pattern.compile("(?s), found .*");

  private CredentialProvidersLoader() {}

  private record Variable(String name, String value) {}

  /**
   * What {@code text} says. Plugins that need a pod's service account are left out.
   *
   * @throws InvalidConfigurationException with everything that is wrong
   */
  public static CredentialProviders parse(String text) {
    Section.Context context = new Section.Context(new Environment(Map.of()));
    // JSON may be indented by tabs, YAML may not; within JSON's strings there are none.
    String yaml = text.stripLeading().startsWith("{") ? text.replace('\t', ' ') : text;
    CredentialProviders providers = providers(Section.root(context, Yaml.parse(yaml)));
    if (!context.problems().isEmpty()) {
      throw new InvalidConfigurationException(
          context.problems().stream().map(CredentialProvidersLoader::discreet).toList());
    }
    return providers;
  }

  private static Problem discreet(Problem problem) {
    return new Problem(
        problem.path(), problem.origin(), FOUND.matcher(problem.message()).replaceFirst(""));
  }

  private static CredentialProviders providers(Section root) {
    var version = root.required("apiVersion", Syntax.TEXT);
    var kind = root.required("kind", Syntax.TEXT);
    if (version.isPresent() && !VERSION.matcher(version.get()).matches()) {
      root.problemAt("apiVersion", "expected kubelet.config.k8s.io/v1");
    }
    if (kind.isPresent() && !kind.get().equals("CredentialProviderConfig")) {
      root.problemAt("kind", "expected CredentialProviderConfig");
    }
    List<Optional<CredentialProvider>> providers =
        root.sections("providers", section -> Optional.of(provider(section)), List.of());
    root.end();
    Set<String> names = new HashSet<>();
    for (Optional<CredentialProvider> provider : providers) {
      if (provider.isPresent() && !names.add(provider.get().name())) {
        root.problemAt("providers", provider.get().name() + " is there twice");
      }
    }
    return new CredentialProviders(providers.stream().flatMap(Optional::stream).toList());
  }

  /** Empty where it cannot be used here, or where something is wrong with it. */
  private static Optional<CredentialProvider> provider(Section section) {
    var name = section.required("name", Syntax.TEXT);
    var matchImages = section.values("matchImages", Syntax.TEXT, List.of());
    var cacheDuration = section.required("defaultCacheDuration", Syntax.GO_DURATION);
    var version = section.required("apiVersion", Syntax.TEXT);
    var args = section.values("args", Syntax.TEXT, List.of());
    List<Variable> env = section.sections("env", CredentialProvidersLoader::variable, List.of());
    boolean needsServiceAccount = needsServiceAccount(section.section("tokenAttributes"));
    section.end();
    if (name.isEmpty() || cacheDuration.isEmpty() || version.isEmpty()) {
      return Optional.empty();
    }
    Map<String, String> environment = new LinkedHashMap<>();
    env.forEach(variable -> environment.put(variable.name(), variable.value()));
    Optional<CredentialProvider> provider =
        section.build(
            () ->
                new CredentialProvider(
                    name.get(),
                    matchImages,
                    cacheDuration.get(),
                    version.get(),
                    args,
                    environment));
    return needsServiceAccount ? Optional.empty() : provider;
  }

  private static Optional<Variable> variable(Section section) {
    var name = section.required("name", Syntax.TEXT);
    var value = section.required("value", Syntax.TEXT);
    section.end();
    return name.flatMap(given -> value.map(text -> new Variable(given, text)));
  }

  private static boolean needsServiceAccount(Section section) {
    boolean required = section.value("requireServiceAccount", Syntax.BOOLEAN, false);
    var _ = section.value("serviceAccountTokenAudience", Syntax.TEXT);
    var _ = section.value("cacheType", Syntax.TEXT);
    var _ = section.values("requiredServiceAccountAnnotationKeys", Syntax.TEXT, List.of());
    var _ = section.values("optionalServiceAccountAnnotationKeys", Syntax.TEXT, List.of());
    section.end();
    return required;
  }
}
