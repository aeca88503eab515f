package dev.tarn.e2e.image;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;

/**
 * Makes images whose every byte follows from a seed, as files in a directory, on the calling
 * thread. Layers hold incompressible files, so that a layer is about as long as asked for.
 */
public final class ImageMaker {
  public static final String MANIFEST = "application/vnd.oci.image.manifest.v1+json";
  public static final String INDEX = "application/vnd.oci.image.index.v1+json";
  private static final String CONFIG = "application/vnd.oci.image.config.v1+json";
  private static final String LAYER = "application/vnd.oci.image.layer.v1.tar+gzip";
  private static final int FILE_BYTES = 3_333_333;
  private static final int STEP_BYTES = 64 * 1024;

  private final Path directory;
  private final ObjectMapper json = new ObjectMapper();

  public ImageMaker(Path directory) {
    this.directory = directory;
  }

  /** A layer with files of that many bytes in all. */
  public Layer layer(long seed, long size) {
    return layer("layer-" + seed, out -> writeTar(out, seed, size));
  }

  /**
   * A layer with one program.
   *
   * @param path in the image, without a slash before it
   */
  public Layer program(String path, Path program) {
    return file(path, bytesOf(program), TarWriter.PROGRAM);
  }

  /**
   * A layer with one file.
   *
   * @param path in the image, without a slash before it
   */
  public Layer file(String path, String text) {
    return file(path, text.getBytes(StandardCharsets.UTF_8), TarWriter.PLAIN);
  }

  private Layer file(String path, byte[] content, int mode) {
    String unlike = Hashing.digest(content).replace(':', '-') + "-" + path.replace('/', '-');
    return layer(
        "layer-" + unlike,
        out -> {
          TarWriter tar = new TarWriter(out);
          tar.beginFile(path, content.length, mode);
          out.write(content);
          tar.endFile(content.length);
          tar.end();
        });
  }

  /** Writes an archive. */
  @FunctionalInterface
  private interface Archive {
    void writeTo(OutputStream out) throws IOException;
  }

  private Layer layer(String name, Archive archive) {
    Path file = directory.resolve(name);
    MessageDigest whole = Hashing.sha256();
    MessageDigest inner = Hashing.sha256();
    try (OutputStream out =
            new DigestOutputStream(
                new BufferedOutputStream(Files.newOutputStream(file), STEP_BYTES), whole);
        OutputStream zipped = new FastGzip(out);
        OutputStream tar = new DigestOutputStream(zipped, inner)) {
      archive.writeTo(tar);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Blob blob = new Blob(LAYER, Hashing.digest(whole), sizeOf(file), file);
    return new Layer(blob, Hashing.digest(inner));
  }

  private static void writeTar(OutputStream out, long seed, long size) throws IOException {
    SplittableRandom random = new SplittableRandom(seed);
    TarWriter tar = new TarWriter(out);
    byte[] step = new byte[STEP_BYTES];
    long left = size;
    for (int number = 0; left > 0; number++) {
      long length = Math.min(left, FILE_BYTES);
      tar.beginFile("layer-" + seed + "/file-" + number, length);
      for (long written = 0; written < length; ) {
        int part = (int) Math.min(STEP_BYTES, length - written);
        random.nextBytes(step);
        out.write(step, 0, part);
        written += part;
      }
      tar.endFile(length);
      left -= length;
    }
    tar.end();
  }

  /** An image of these layers for Linux on that architecture. */
  public Image image(String architecture, List<Layer> layers) {
    return image(architecture, layers, Map.of("Cmd", List.of("/nothing")));
  }

  /** The same, which begins with that program and these arguments. */
  public Image image(
      String architecture, List<Layer> layers, String program, List<String> arguments) {
    Map<String, Object> start = new LinkedHashMap<>();
    start.put("Entrypoint", List.of(program));
    start.put("Cmd", arguments);
    return image(architecture, layers, start);
  }

  private Image image(String architecture, List<Layer> layers, Map<String, Object> start) {
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("architecture", architecture);
    config.put("os", "linux");
    config.put("config", start);
    Map<String, Object> rootfs = new LinkedHashMap<>();
    rootfs.put("type", "layers");
    rootfs.put("diff_ids", layers.stream().map(Layer::diffId).toList());
    config.put("rootfs", rootfs);
    Blob configBlob = document(CONFIG, config);

    Map<String, Object> manifest = new LinkedHashMap<>();
    manifest.put("schemaVersion", 2);
    manifest.put("mediaType", MANIFEST);
    manifest.put("config", descriptor(configBlob));
    manifest.put("layers", layers.stream().map(layer -> descriptor(layer.blob())).toList());
    return new Image(architecture, document(MANIFEST, manifest), configBlob, layers);
  }

  /** An index of these images. */
  public ImageIndex index(List<Image> images) {
    Map<String, Object> index = new LinkedHashMap<>();
    index.put("schemaVersion", 2);
    index.put("mediaType", INDEX);
    index.put(
        "manifests",
        images.stream()
            .map(
                image -> {
                  Map<String, Object> entry = descriptor(image.manifest());
                  Map<String, String> platform = new LinkedHashMap<>();
                  platform.put("architecture", image.architecture());
                  platform.put("os", "linux");
                  entry.put("platform", platform);
                  return entry;
                })
            .toList());
    return new ImageIndex(document(INDEX, index), images);
  }

  /** A manifest that says something about another: it has a subject, and so is a referrer. */
  public Image referrer(Blob subject, Layer layer) {
    Blob empty = document("application/vnd.oci.empty.v1+json", Map.of());
    Map<String, Object> manifest = new LinkedHashMap<>();
    manifest.put("schemaVersion", 2);
    manifest.put("mediaType", MANIFEST);
    manifest.put("artifactType", "application/vnd.example.signature");
    manifest.put("config", descriptor(empty));
    manifest.put("layers", List.of(descriptor(layer.blob())));
    manifest.put("subject", descriptor(subject));
    return new Image("none", document(MANIFEST, manifest), empty, List.of(layer));
  }

  private static Map<String, Object> descriptor(Blob blob) {
    Map<String, Object> descriptor = new LinkedHashMap<>();
    descriptor.put("mediaType", blob.mediaType());
    descriptor.put("digest", blob.digest());
    descriptor.put("size", blob.size());
    return descriptor;
  }

  private Blob document(String mediaType, Map<String, Object> content) {
    try {
      byte[] bytes = json.writeValueAsBytes(content);
      String digest = Hashing.digest(bytes);
      Path file = directory.resolve(digest.replace(':', '-') + ".json");
      Files.write(file, bytes);
      return new Blob(mediaType, digest, bytes.length, file);
    } catch (JsonProcessingException impossible) {
      throw new IllegalStateException("strings and numbers are JSON", impossible);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static byte[] bytesOf(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static long sizeOf(Path file) {
    try {
      return Files.size(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Gzip that does not try to compress: what is random would only cost time. */
  private static final class FastGzip extends GZIPOutputStream {
    FastGzip(OutputStream out) throws IOException {
      super(out, STEP_BYTES);
      def.setLevel(Deflater.NO_COMPRESSION);
    }
  }
}
