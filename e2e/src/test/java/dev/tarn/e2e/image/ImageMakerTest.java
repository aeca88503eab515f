package dev.tarn.e2e.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageMakerTest {
  @TempDir Path directory;

  @Test
  void theSameSeedMakesTheSameLayer() throws IOException {
    ImageMaker maker = new ImageMaker(directory);
    ImageMaker other = new ImageMaker(Files.createDirectory(directory.resolve("other")));

    Layer layer = maker.layer(7, 5_000_000);

    assertThat(other.layer(7, 5_000_000).blob().digest()).isEqualTo(layer.blob().digest());
    assertThat(other.layer(8, 5_000_000).blob().digest()).isNotEqualTo(layer.blob().digest());
  }

  @Test
  void aLayersDigestsAreThoseOfItsBytesAndOfTheTarInside() throws IOException {
    Layer layer = new ImageMaker(directory).layer(7, 4_000_000);

    assertThat(Hashing.digest(layer.blob().file())).isEqualTo(layer.blob().digest());
    assertThat(Files.size(layer.blob().file())).isEqualTo(layer.blob().size());
    try (InputStream tar = new GZIPInputStream(Files.newInputStream(layer.blob().file()))) {
      assertThat(Hashing.digest(tar.readAllBytes())).isEqualTo(layer.diffId());
    }
  }

  @Test
  void tarReadsWhatWasWritten() throws Exception {
    Layer layer = new ImageMaker(directory).layer(7, 4_000_000);

    Process tar =
        new ProcessBuilder("tar", "-tzvf", layer.blob().file().toString())
            .redirectErrorStream(true)
            .start();
    String listed = new String(tar.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(tar.waitFor()).as(listed).isZero();
    assertThat(listed).contains("3333333", "666667", "layer-7/file-1");
  }

  @Test
  void aProgramsLayerHasItWithItsRights() throws Exception {
    Path program = Files.writeString(directory.resolve("program"), "#!/bin/sh\n");
    Layer layer = new ImageMaker(directory).program("pod", program);
    Path there = Files.createDirectory(directory.resolve("there"));

    Process tar =
        new ProcessBuilder("tar", "-xzf", layer.blob().file().toString(), "-C", there.toString())
            .inheritIO()
            .start();

    assertThat(tar.waitFor()).isZero();
    assertThat(there.resolve("pod")).hasSameBinaryContentAs(program).isExecutable();
  }

  @Test
  void anImageSaysWhatItBeginsWith() throws IOException {
    ImageMaker maker = new ImageMaker(directory);
    Layer layer = maker.file("content", "new");

    Image image = maker.image("amd64", List.of(layer), "/pod", List.of("serve", "80"));

    assertThat(Files.readString(image.config().file()))
        .contains("\"Entrypoint\":[\"/pod\"]", "\"Cmd\":[\"serve\",\"80\"]", layer.diffId());
  }

  @Test
  void anIndexListsEachImageWithItsPlatform() throws IOException {
    ImageMaker maker = new ImageMaker(directory);
    Layer layer = maker.layer(1, 1_000);
    Image arm = maker.image("arm64", List.of(layer));

    ImageIndex index = maker.index(List.of(maker.image("amd64", List.of(layer)), arm));

    assertThat(index.forArchitecture("arm64")).isEqualTo(arm);
    assertThat(Files.readString(index.manifest().file()))
        .contains(arm.manifest().digest(), "\"architecture\":\"arm64\"");
  }
}
