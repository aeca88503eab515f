package dev.tarn.agent.hosts;

/** A {@code hosts.toml} with our part. */
public sealed interface Put {
  record Written(Content content) implements Put {
    public byte[] bytes() {
      return content.bytes();
    }
  }

  /** What stands there is not to be touched; {@code why} is for a person. */
  record Refused(String why) implements Put {}
}
