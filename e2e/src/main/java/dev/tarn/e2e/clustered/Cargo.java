package dev.tarn.e2e.clustered;

import dev.tarn.e2e.image.Image;
import dev.tarn.e2e.image.ImageMaker;
import dev.tarn.e2e.image.Layer;
import dev.tarn.e2e.laptop.Upstream;
import dev.tarn.e2e.process.Tools;
import dev.tarn.e2e.process.Workspace;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Images whose pods do next to nothing, in layers of chosen sizes. No layer is on any node before:
 * each has a new seed, and the program that pods run has a new path. Images share the layers that
 * they are given both. Used by one thread at a time.
 */
final class Cargo {
  private static final String TOOL = "pod";
  private static final String ARCHITECTURE = "amd64";
  private static final long SEEDS = 1L << 40;

  private final ImageMaker maker;
  private final Upstream upstream;
  private final String program;
  private final Layer programLayer;
  private long seed;

  private Cargo(ImageMaker maker, Upstream upstream, long seed) {
    this.maker = maker;
    this.upstream = upstream;
    this.seed = seed;
    this.program = "pod-" + seed;
    this.programLayer = maker.program(program, Tools.build(TOOL).resolve(TOOL));
  }

  /** Cargo for a case, with its files in the case's workspace. */
  static Cargo in(Workspace workspace, Upstream upstream) {
    return new Cargo(
        new ImageMaker(workspace.makeDirectory("images")),
        upstream,
        ThreadLocalRandom.current().nextLong(SEEDS));
  }

  /** A layer of about that many bytes, unlike any other. */
  Layer layer(long bytes) {
    return maker.layer(seed++, bytes);
  }

  /** An image whose pods wait to be ended. */
  Image waiting(Layer... layers) {
    return waiting(List.of(layers));
  }

  Image waiting(List<Layer> layers) {
    return image(layers, List.of("pause"));
  }

  /** An image whose pods answer every HTTP request at that port with this text. */
  Image saying(String text, int port, Layer... layers) {
    List<Layer> all = new ArrayList<>(List.of(layers));
    all.add(maker.file("content", text));
    return image(all, List.of("serve", Integer.toString(port)));
  }

  private Image image(List<Layer> layers, List<String> arguments) {
    List<Layer> all = new ArrayList<>();
    all.add(programLayer);
    all.addAll(layers);
    return maker.image(ARCHITECTURE, all, "/" + program, arguments);
  }

  /** Pushes an image; how a pod names it. */
  String push(String repository, String tag, Image image) {
    upstream.client().push(repository, tag, image);
    return upstream.host() + "/" + repository + ":" + tag;
  }

  /** Pushes an image; how a pod names it at the registry that asks for a password. */
  String pushGuarded(String repository, String tag, Image image) {
    upstream.client().push(repository, tag, image);
    return upstream.guardedHost() + "/" + repository + ":" + tag;
  }
}
