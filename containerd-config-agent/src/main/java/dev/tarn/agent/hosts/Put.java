package dev.tarn.agent.hosts;

/** A {@code hosts.toml} with our part. */
public sealed interface Put {
  record Written(byte[] bytes) implements Put {}

  /** What stands there is not to be touched; {@code why} is for a person. */
  record Refused(String why) implements Put {}
}
