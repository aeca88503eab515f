package dev.tarn.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SortedMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Which of a system's libraries get into an image. */
class LibrarySearchTest {
  private static final Platform PLATFORM = Platform.ARM64;
  private static final String LOADER = "ld-linux-aarch64.so.1";

  @TempDir Path directory;
  private Path image;
  private Path system;

  @BeforeEach
  void directories() {
    image = directory.resolve("image");
    system = directory.resolve("system");
  }

  @ParameterizedTest
  @EnumSource
  void whatFilesOfTheImageNeedIsFound(Platform platform) throws IOException {
    String loader = Path.of(platform.loader()).getFileName().toString();
    ElfBytes.program(platform).needs("libjli.so").writeTo(image.resolve("opt/java/bin/java"));
    ElfBytes.library(platform).needs("libz.so.1").writeTo(image.resolve("opt/java/lib/libjli.so"));
    Path libraries = system.resolve("usr/lib").resolve(platform.triplet());
    ElfBytes.library(platform).writeTo(libraries.resolve("libz.so.1"));
    ElfBytes.library(platform).writeTo(libraries.resolve("libm.so.6"));
    ElfBytes.library(platform).writeTo(libraries.resolve(loader));

    SortedMap<String, Path> found = new LibrarySearch(Libraries.of(platform, image), system).find();

    assertThat(found).containsOnlyKeys("libz.so.1", loader);
    assertThat(found).containsEntry("libz.so.1", libraries.resolve("libz.so.1"));
  }

  @Test
  void librariesOfTheSystemBringWhatTheyNeed() throws IOException {
    own().needs("libstdc++.so.6").writeTo(of("lib/server/libjvm.so"));
    inSystem("libstdc++.so.6", "libm.so.6", "libc.so.6");
    inSystem("libm.so.6", "libc.so.6");
    inSystem("libc.so.6", LOADER);
    inSystem(LOADER);

    assertThat(find()).containsOnlyKeys("libstdc++.so.6", "libm.so.6", "libc.so.6", LOADER);
  }

  @Test
  void ownLibrariesAreNotLookedFor() throws IOException {
    own().needs("libjvm.so").writeTo(of("lib/libjava.so"));
    own().writeTo(of("lib/server/libjvm.so"));
    inSystem("libjvm.so");

    assertThat(find()).isEmpty();
  }

  @Test
  void directoryThatProgramsNameIsTakenBeforeTheOther() throws IOException {
    own().needs("libc.so.6").writeTo(of("a"));
    inSystem("libc.so.6");
    Path first = system.resolve("lib/aarch64-linux-gnu/libc.so.6");
    ElfBytes.library(PLATFORM).writeTo(first);

    assertThat(find()).containsEntry("libc.so.6", first);
  }

  @Test
  void missingLibrariesAreAllNamedWithWhoNeedsThemAndWhereTheyWereLookedFor() throws IOException {
    own().needs("libz.so.1", "libgone.so").writeTo(of("lib/libzip.so"));
    inSystem("libz.so.1", "libc.so.6");

    assertThatThrownBy(this::find)
        .isInstanceOf(IOException.class)
        .hasMessage(
            "the image for arm64 lacks libraries, looked for in %s and %s:\n"
                    .formatted(
                        system.resolve("lib/aarch64-linux-gnu"),
                        system.resolve("usr/lib/aarch64-linux-gnu"))
                + "  libc.so.6, needed by "
                + system.resolve("usr/lib/aarch64-linux-gnu/libz.so.1")
                + "\n  libgone.so, needed by /opt/java/lib/libzip.so");
  }

  @Test
  void ofManyWhoNeedALibraryAFewAreNamed() throws IOException {
    for (String name : new String[] {"a", "b", "c", "d", "e"}) {
      own().needs("libz.so.1").writeTo(of(name));
    }

    assertThatThrownBy(this::find)
        .hasMessageEndingWith(
            "libz.so.1, needed by /opt/java/a, /opt/java/b, /opt/java/c and 2 more");
  }

  @Test
  void libraryThatIsOlderThanWhatNeedsItIsMissing() throws IOException {
    own().needs("libc.so.6").needsVersion("libc.so.6", "GLIBC_2.38").writeTo(of("a"));
    own().needs("libc.so.6").needsVersion("libc.so.6", "GLIBC_2.17").writeTo(of("b"));
    ElfBytes.library(PLATFORM)
        .has("GLIBC_2.17")
        .has("GLIBC_2.36")
        .writeTo(system.resolve("usr/lib/aarch64-linux-gnu/libc.so.6"));

    assertThatThrownBy(this::find)
        .hasMessageEndingWith(":\n  GLIBC_2.38 of libc.so.6, needed by /opt/java/a");
  }

  @Test
  void libraryForAnotherProcessorIsRefused() throws IOException {
    own().needs("libc.so.6").writeTo(of("a"));
    Path library = system.resolve("usr/lib/aarch64-linux-gnu/libc.so.6");
    ElfBytes.library(Platform.AMD64).writeTo(library);

    assertThatThrownBy(this::find).hasMessageContaining(library + " is not for arm64");
  }

  @Test
  void fileThatIsNoLibraryIsRefused() throws IOException {
    own().needs("libc.so.6").writeTo(of("a"));
    Tree.write(system.resolve("usr/lib/aarch64-linux-gnu/libc.so.6"), "/* GNU ld script */");

    assertThatThrownBy(this::find).hasMessageContaining("libc.so.6 is no library");
  }

  @Test
  void imageWithAFileForAnotherProcessorIsRefused() throws IOException {
    ElfBytes.library(Platform.AMD64).writeTo(of("lib/libjava.so"));

    assertThatThrownBy(() -> Libraries.of(PLATFORM, image))
        .hasMessage("/opt/java/lib/libjava.so is not for arm64: its ELF machine is 62, not 183");
  }

  @Test
  void programForAnotherLoaderIsRefused() throws IOException {
    own().loadedBy("/lib/ld-musl-aarch64.so.1").writeTo(of("bin/java"));

    assertThatThrownBy(() -> Libraries.of(PLATFORM, image))
        .hasMessageContainingAll("/opt/java/bin/java", "ld-musl", "/lib/ld-linux-aarch64.so.1");
  }

  @Test
  void baseIsToldWhatItHasToHave() throws IOException {
    own()
        .needs("libc.so.6", "libb.so", "libz.so.1")
        .needsVersion("libc.so.6", "GLIBC_2.9")
        .needsVersion("libc.so.6", "GLIBC_2.38")
        .needsVersion("libc.so.6", "GLIBC_PRIVATE")
        .writeTo(of("a"));
    own().needs("libc.so.6").needsVersion("libc.so.6", "GLIBC_2.17").writeTo(of("libb.so"));
    Files.createSymbolicLink(of("link"), Path.of("a"));

    assertThat(Libraries.of(PLATFORM, image).demands())
        .isEqualTo("libc.so.6 (GLIBC_2.38), libz.so.1");
  }

  private SortedMap<String, Path> find() throws IOException {
    return new LibrarySearch(Libraries.of(PLATFORM, image), system).find();
  }

  private static ElfBytes own() {
    return ElfBytes.library(PLATFORM);
  }

  private Path of(String name) {
    return image.resolve("opt/java").resolve(name);
  }

  private void inSystem(String name, String... needed) throws IOException {
    ElfBytes.library(PLATFORM)
        .needs(needed)
        .writeTo(system.resolve("usr/lib/aarch64-linux-gnu").resolve(name));
  }
}
