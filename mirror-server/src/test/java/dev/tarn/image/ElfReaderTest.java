package dev.tarn.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ElfReaderTest {
  @TempDir Path directory;

  @ParameterizedTest
  @EnumSource
  void programNamesItsLoaderAndLibraries(Platform platform) throws IOException {
    ElfFile file = read(ElfBytes.program(platform).needs("libjli.so", "libc.so.6").bytes());

    assertThat(file.machine()).isEqualTo(platform.machine());
    assertThat(file.loader()).contains("/" + platform.loader());
    assertThat(file.needed()).containsExactly("libjli.so", "libc.so.6");
  }

  @ParameterizedTest
  @EnumSource
  void libraryNamesVersionsOfSymbols(Platform platform) throws IOException {
    ElfFile file =
        read(
            ElfBytes.library(platform)
                .needs("libc.so.6", "libm.so.6")
                .needsVersion("libc.so.6", "GLIBC_2.17")
                .needsVersion("libc.so.6", "GLIBC_2.38")
                .needsVersion("libm.so.6", "GLIBC_2.29")
                .needsWeakly("libm.so.6", "GLIBC_9")
                .has("libx.so.1")
                .has("X_1.0")
                .bytes());

    assertThat(file.loader()).isEmpty();
    assertThat(file.versionsNeeded())
        .containsOnlyKeys("libc.so.6", "libm.so.6")
        .containsEntry("libc.so.6", Set.of("GLIBC_2.17", "GLIBC_2.38"))
        .containsEntry("libm.so.6", Set.of("GLIBC_2.29"));
    assertThat(file.versions()).containsExactlyInAnyOrder("libx.so.1", "X_1.0");
  }

  @ParameterizedTest
  @EnumSource
  void nettysLibrariesAreRead(Platform platform) throws IOException {
    for (String name : new String[] {"tcnative_linux", "transport_native_epoll"}) {
      String resource = "META-INF/native/libnetty_" + name + "_" + platform.netty() + ".so";

      ElfFile file = read(resource(resource));

      assertThat(file.machine()).isEqualTo(platform.machine());
      assertThat(file.needed()).contains("libc.so.6");
      assertThat(file.versionsNeeded().get("libc.so.6")).allMatch(it -> it.startsWith("GLIBC_2."));
    }
  }

  @Test
  void theJvmItselfIsRead() throws IOException {
    Path home = Path.of(System.getProperty("java.home"));

    ElfFile java = ElfReader.read(home.resolve("bin/java")).orElseThrow();
    ElfFile jvm = ElfReader.read(home.resolve("lib/server/libjvm.so")).orElseThrow();

    assertThat(java.loader()).get().asString().contains("/ld-linux-");
    assertThat(java.needed()).contains("libjli.so");
    assertThat(jvm.machine()).isEqualTo(java.machine());
    assertThat(jvm.versions()).contains("SUNWprivate_1.1");
  }

  @Test
  void otherFilesAreNone() throws IOException {
    assertThat(ElfReader.read(write(new byte[0]))).isEmpty();
    assertThat(ElfReader.read(write(new byte[] {0x7f, 'E'}))).isEmpty();
    assertThat(ElfReader.read(write("#!/bin/sh".getBytes(StandardCharsets.UTF_8)))).isEmpty();
  }

  @Test
  void programWithoutDynamicSectionNeedsNothing() throws IOException {
    byte[] bytes = ElfBytes.library(Platform.AMD64).needs("libc.so.6").bytes();
    // The number of segments, of which the dynamic section is the second.
    bytes[56] = 1;

    assertThat(read(bytes).needed()).isEmpty();
  }

  @Test
  void fileOfAnotherWidthOrOrderIsRefused() {
    byte[] narrow = ElfBytes.library(Platform.AMD64).bytes();
    narrow[4] = 1;
    byte[] big = ElfBytes.library(Platform.AMD64).bytes();
    big[5] = 2;

    for (byte[] bytes : new byte[][] {narrow, big}) {
      assertThatThrownBy(() -> read(bytes))
          .isInstanceOf(IOException.class)
          .hasMessageContainingAll("some.so", "64 bits");
    }
  }

  /** Whatever is broken in a file, the message is about the file. */
  @Test
  void brokenFilesAreToldAsSuch() throws IOException {
    byte[] whole =
        ElfBytes.program(Platform.ARM64)
            .needs("libc.so.6")
            .needsVersion("libc.so.6", "GLIBC_2.17")
            .has("X_1.0")
            .bytes();
    Random random = new Random(7);
    for (int i = 0; i < 2000; i++) {
      byte[] bytes =
          Arrays.copyOf(whole, i % 2 == 0 ? whole.length : 5 + random.nextInt(whole.length - 5));
      bytes[4 + random.nextInt(bytes.length - 4)] = (byte) random.nextInt(256);
      try {
        read(bytes);
      } catch (IOException e) {
        assertThat(e).hasMessageContaining("some.so cannot be read as ELF");
      }
    }
  }

  private ElfFile read(byte[] bytes) throws IOException {
    return ElfReader.read(write(bytes)).orElseThrow();
  }

  private Path write(byte[] bytes) throws IOException {
    return Files.write(directory.resolve("some.so"), bytes);
  }

  private static byte[] resource(String name) throws IOException {
    try (InputStream in = ElfReaderTest.class.getClassLoader().getResourceAsStream(name)) {
      return Objects.requireNonNull(in, name).readAllBytes();
    }
  }
}
