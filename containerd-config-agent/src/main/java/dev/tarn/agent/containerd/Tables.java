package dev.tarn.agent.containerd;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Tables of a TOML file as plain maps. */
final class Tables {
  private Tables() {}

  /** The table at that path of names, or null where there is none. */
  @SuppressWarnings("unchecked")
  static @Nullable Map<String, Object> table(Map<String, Object> from, String... path) {
    Map<String, Object> at = from;
    for (String name : path) {
      if (!(at.get(name) instanceof Map<?, ?> next)) {
        return null;
      }
      at = (Map<String, Object>) next;
    }
    return at;
  }

  /** Whether there is a table with something in it. */
  static boolean isFilled(Map<String, Object> from, String... path) {
    Map<String, Object> table = table(from, path);
    return table != null && !table.isEmpty();
  }

  /** All the way down, so that what is merged into the copy does not change the original. */
  static Map<String, Object> copy(Map<String, Object> table) {
    Map<String, Object> copy = new LinkedHashMap<>();
    merge(copy, table);
    return copy;
  }

  /** Tables are merged; any other value, a list too, takes the place of what was there. */
  @SuppressWarnings("unchecked")
  static void merge(Map<String, Object> into, Map<String, Object> from) {
    for (Map.Entry<String, Object> entry : from.entrySet()) {
      if (entry.getValue() instanceof Map<?, ?> table) {
        Map<String, Object> below = table(into, entry.getKey());
        if (below == null) {
          below = new LinkedHashMap<>();
          into.put(entry.getKey(), below);
        }
        merge(below, (Map<String, Object>) table);
      } else {
        into.put(entry.getKey(), entry.getValue());
      }
    }
  }
}
