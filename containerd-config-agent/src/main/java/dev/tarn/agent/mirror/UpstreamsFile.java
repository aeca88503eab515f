package dev.tarn.agent.mirror;

import dev.tarn.agent.hosts.UpstreamHost;
import dev.tarn.core.name.RegistryHost;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/** Tells the mirror whom operators named for a registry: {@code upstreams.json}. */
public final class UpstreamsFile {
  private static final String NAME = "upstreams.json";

  private final SharedDirectory directory;
  private @Nullable String written;

  public UpstreamsFile(SharedDirectory directory) {
    this.directory = directory;
  }

  /** Writes it, unless it was the last to be written. Answers whether it was written. */
  public boolean write(SortedMap<RegistryHost, List<UpstreamHost>> upstreams) throws IOException {
    String json = json(upstreams);
    if (json.equals(written)) {
      return false;
    }
    directory.replace(NAME, json.getBytes(StandardCharsets.UTF_8));
    written = json;
    return true;
  }

  static String json(SortedMap<RegistryHost, List<UpstreamHost>> upstreams) {
    StringBuilder out = new StringBuilder("{\"registries\":{");
    String separator = "";
    for (Map.Entry<RegistryHost, List<UpstreamHost>> entry : upstreams.entrySet()) {
      out.append(separator);
      separator = ",";
      string(out, entry.getKey().value());
      out.append(":[");
      for (int i = 0; i < entry.getValue().size(); i++) {
        UpstreamHost host = entry.getValue().get(i);
        string(out.append(i == 0 ? "{\"url\":" : ",{\"url\":"), host.url().toString());
        if (host.ca().isPresent()) {
          string(out.append(",\"ca\":"), host.ca().get());
        }
        out.append('}');
      }
      out.append(']');
    }
    return out.append("}}\n").toString();
  }

  /**
   * @see <a href="https://www.rfc-editor.org/rfc/rfc8259#section-7">RFC 8259, section 7</a>
   */
  private static void string(StringBuilder out, String text) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        out.append('\\').append(c);
      } else if (c == '\n') {
        out.append("\\n");
      } else if (c < ' ') {
        out.append("\\u00").append(Character.forDigit(c >> 4, 16));
        out.append(Character.forDigit(c & 15, 16));
      } else {
        out.append(c);
      }
    }
    out.append('"');
  }
}
