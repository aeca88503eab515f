package dev.tarn.agent.config;

import dev.tarn.agent.hosts.Target;
import java.util.ArrayList;
import java.util.List;
import org.tomlj.Toml;

/** Writes a configuration as the TOML that would load it: every key, with its effective value. */
public final class ConfigurationPrinter {
  private ConfigurationPrinter() {}

  public static String toToml(Configuration configuration) {
    StringBuilder out = new StringBuilder();
    line(out, "mirror", quoted(configuration.mirrorUrl()));
    line(out, "directory", quoted(configuration.directory().toString()));
    if (configuration.registries().isPresent()) {
      List<String> names = new ArrayList<>();
      for (Target target : configuration.registries().get()) {
        names.add(Configuration.name(target));
      }
      line(out, "registries", list(names));
    } else {
      out.append("# registries = [\"docker.io\"]\n");
    }
    line(out, "host", quoted(configuration.host()));
    line(out, "graceTime", quoted(Durations.print(configuration.follow().graceTime())));
    line(out, "pollInterval", quoted(Durations.print(configuration.follow().pollInterval())));
    line(out, "driftLimit", quoted(Durations.print(configuration.follow().driftLimit())));
    line(out, "listen", quoted(configuration.listen().map(Object::toString).orElse("")));
    Configuration.Containerd containerd = configuration.containerd();
    out.append("\n[containerd]\n");
    line(out, "distribution", quoted(containerd.distribution().orElse("")));
    line(out, "config", quoted(containerd.config().orElse("")));
    line(out, "roots", list(containerd.roots()));
    line(out, "version", quoted(containerd.version().orElse("")));
    out.append("\n[taint]\n");
    line(out, "enabled", String.valueOf(configuration.taint().enabled()));
    line(out, "taint", quoted(configuration.taint().taint()));
    line(out, "node", quoted(configuration.taint().node().orElse("")));
    line(out, "limit", quoted(Durations.print(configuration.taint().limit())));
    out.append("\n[canary]\n");
    line(out, "enabled", String.valueOf(configuration.canary().enabled()));
    line(out, "socket", quoted(configuration.canary().socket().orElse("")));
    line(out, "interval", quoted(Durations.print(configuration.canary().interval())));
    out.append("\n[logging]\n");
    line(out, "level", quoted(configuration.logging().level().toString()));
    line(out, "format", quoted(configuration.logging().format().toString()));
    return out.toString();
  }

  private static void line(StringBuilder out, String key, String value) {
    out.append(key).append(" = ").append(value).append('\n');
  }

  private static String list(List<String> values) {
    StringBuilder out = new StringBuilder("[");
    for (int i = 0; i < values.size(); i++) {
      out.append(i == 0 ? "" : ", ").append(quoted(values.get(i)));
    }
    return out.append(']').toString();
  }

  private static String quoted(String text) {
    return "\"" + Toml.tomlEscape(text) + "\"";
  }
}
