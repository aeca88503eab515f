package dev.tarn.documentation;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** YAML, strictly: a key that is given twice is an error. */
final class YamlReader {
  private YamlReader() {}

  static List<Object> documents(String text) {
    LoaderOptions options = new LoaderOptions();
    options.setAllowDuplicateKeys(false);
    List<Object> documents = new ArrayList<>();
    new Yaml(new SafeConstructor(options)).loadAll(text).forEach(documents::add);
    return documents;
  }

  /** The one document of {@code text}, which has to be a mapping. */
  static Map<?, ?> mapping(String text) {
    List<Object> documents = documents(text);
    if (documents.size() == 1 && documents.getFirst() instanceof Map<?, ?> mapping) {
      return mapping;
    }
    throw new IllegalArgumentException("one mapping was expected");
  }
}
