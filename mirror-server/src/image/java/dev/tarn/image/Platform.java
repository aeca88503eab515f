package dev.tarn.image;

import java.util.Arrays;

/** A platform that the image is made for, and what it is called by whom. */
enum Platform {
  AMD64("amd64", "x86_64", "x86_64-linux-gnu", "lib64/ld-linux-x86-64.so.2", 62),
  ARM64("arm64", "aarch_64", "aarch64-linux-gnu", "lib/ld-linux-aarch64.so.1", 183);

  private final String architecture;
  private final String netty;
  private final String triplet;
  private final String loader;
  private final int machine;

  Platform(String architecture, String netty, String triplet, String loader, int machine) {
    this.architecture = architecture;
    this.netty = netty;
    this.triplet = triplet;
    this.loader = loader;
    this.machine = machine;
  }

  static Platform named(String architecture) {
    return Arrays.stream(values())
        .filter(platform -> platform.architecture.equals(architecture))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no such platform: " + architecture));
  }

  /** As OCI has it. */
  String architecture() {
    return architecture;
  }

  /** As Netty's native libraries end. */
  String netty() {
    return netty;
  }

  /** The directory of libraries, as Debian has it. */
  String triplet() {
    return triplet;
  }

  /** The path that programs name for their loader. */
  String loader() {
    return loader;
  }

  /** As ELF files number it. */
  int machine() {
    return machine;
  }

  /** Whether the machine that builds can run it. */
  boolean isOurs() {
    String machine = System.getProperty("os.arch");
    return System.getProperty("os.name").equals("Linux")
        && (this == AMD64 ? machine.equals("amd64") : machine.equals("aarch64"));
  }
}
