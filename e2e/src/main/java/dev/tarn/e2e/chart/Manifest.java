package dev.tarn.e2e.chart;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/**
 * One object that the chart makes, as a tree. Paths are keys with dots between; a number is an
 * index.
 */
record Manifest(Map<?, ?> tree) {

  /** The objects in what helm prints; documents with nothing in them are none. */
  static List<Manifest> parse(String yaml) {
    List<Manifest> manifests = new ArrayList<>();
    for (Object document : new Yaml(new SafeConstructor(new LoaderOptions())).loadAll(yaml)) {
      if (document instanceof Map<?, ?> tree) {
        manifests.add(new Manifest(tree));
      }
    }
    return manifests;
  }

  String kind() {
    return text("kind");
  }

  String name() {
    return text("metadata.name");
  }

  /** What stands there as text; empty where nothing does. */
  String text(String path) {
    return String.valueOf(at(tree, path));
  }

  /** The list there; empty where there is none. */
  List<Manifest> list(String path) {
    List<Manifest> items = new ArrayList<>();
    if (at(tree, path) instanceof List<?> list) {
      for (Object item : list) {
        items.add(new Manifest(item instanceof Map<?, ?> map ? map : Map.of("", item)));
      }
    }
    return items;
  }

  /** The list of texts there. */
  List<String> texts(String path) {
    return list(path).stream().map(item -> item.text("")).toList();
  }

  /** The file of that name in a ConfigMap; empty where it has none. */
  String data(String file) {
    Object value = at(tree, "data") instanceof Map<?, ?> data ? data.get(file) : null;
    return value == null ? "" : value.toString();
  }

  /** Its containers, init containers first. */
  List<Manifest> containers() {
    String pod =
        switch (kind()) {
          case "Pod" -> "spec";
          case "CronJob" -> "spec.jobTemplate.spec.template.spec";
          default -> "spec.template.spec";
        };
    List<Manifest> containers = new ArrayList<>(list(pod + ".initContainers"));
    containers.addAll(list(pod + ".containers"));
    return containers;
  }

  /**
   * The environment of this container on a node, with references to other variables resolved as a
   * kubelet does.
   *
   * @param fields what fields of the pod are there
   */
  Map<String, String> environment(Map<String, String> fields) {
    Map<String, String> environment = new LinkedHashMap<>();
    for (Manifest variable : list("env")) {
      String field = variable.text("valueFrom.fieldRef.fieldPath");
      String value = field.isEmpty() ? variable.text("value") : fields.getOrDefault(field, "");
      for (Map.Entry<String, String> earlier : environment.entrySet()) {
        value = value.replace("$(" + earlier.getKey() + ")", earlier.getValue());
      }
      environment.put(variable.text("name"), value);
    }
    return environment;
  }

  private static Object at(Object tree, String path) {
    Object here = tree;
    for (String key : path.split("\\.", -1)) {
      here = here instanceof Map<?, ?> map ? map.get(key) : null;
    }
    return here == null ? "" : here;
  }
}
