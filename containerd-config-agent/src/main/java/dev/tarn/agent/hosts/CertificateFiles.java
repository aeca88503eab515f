package dev.tarn.agent.hosts;

import java.io.IOException;

/** The certificates that a {@code hosts.toml} names. */
@FunctionalInterface
public interface CertificateFiles {
  /** What is in a file that is named absolutely, or as seen from the {@code hosts.toml}. */
  byte[] read(String name) throws IOException;
}
