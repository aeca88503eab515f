package dev.tarn.e2e.image;

import java.util.List;

/** An index and the images it lists. */
public record ImageIndex(Blob manifest, List<Image> images) {
  public ImageIndex {
    images = List.copyOf(images);
  }

  public Image forArchitecture(String architecture) {
    return images.stream()
        .filter(image -> image.architecture().equals(architecture))
        .findFirst()
        .orElseThrow();
  }
}
