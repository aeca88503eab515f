package dev.tarn.agent.taint;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A taint as a node has it, without its value.
 *
 * @param key such as {@code tarn.dev/starting}
 * @param effect such as {@code NoSchedule}
 */
public record Taint(String key, String effect) {
  /** Kubernetes' qualified names; nothing of it needs an escape in JSON. */
  private static final Pattern KEY =
      Pattern.compile(
          "([a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?/)?[A-Za-z0-9]([\\w.-]{0,61}[A-Za-z0-9])?");

  private static final Pattern EFFECT = Pattern.compile("NoSchedule|PreferNoSchedule|NoExecute");

  public static final Taint DEFAULT = new Taint("tarn.dev/starting", "NoSchedule");

  public Taint {
    if (!KEY.matcher(key).matches() || !EFFECT.matcher(effect).matches()) {
      throw new IllegalArgumentException("not a taint: " + key + ":" + effect);
    }
  }

  /** The taint that {@code KEY:EFFECT} is, or empty. */
  public static Optional<Taint> parse(String text) {
    int colon = text.lastIndexOf(':');
    if (colon < 0) {
      return Optional.empty();
    }
    try {
      return Optional.of(new Taint(text.substring(0, colon), text.substring(colon + 1)));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  @Override
  public String toString() {
    return key + ":" + effect;
  }
}
