package dev.tarn.e2e.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tarn.e2e.http.Head;
import dev.tarn.e2e.image.Hashing;
import dev.tarn.e2e.image.ImageMaker;
import java.io.EOFException;
import java.io.IOException;
import java.net.URI;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * Pulls images at a place as containerd does: the tag, the manifest, then configuration and layers,
 * three at a time, each from the first of its hosts that has it; a body that ends early is
 * continued, one that is reset ends the attempt. Everything is hashed and thrown away. Runs on
 * threads of its place; an instance is for one attempt.
 */
public final class Puller {
  /** What direct requests of clients have in this field, which Tarn's have not. */
  public static final String AGENT = "containerd-like";

  private static final int PARALLEL = 3;
  private static final int MOST_WITHOUT_PROGRESS = 3;
  private static final int STEP_BYTES = 128 * 1024;
  private static final String DIGEST_FIELD = "Docker-Content-Digest";

  private final Place place;
  private final List<URI> hosts;
  private final String registry;
  private final Access access;
  private final PullReport.Notes notes = new PullReport.Notes();

  /**
   * An attempt's client.
   *
   * @param hosts where it looks, in order; the last is the registry itself
   * @param registry its name, which Tarn is told
   * @param credential {@code name:password}, or none
   */
  public Puller(Place place, List<URI> hosts, String registry, Optional<String> credential) {
    this.place = place;
    this.hosts = List.copyOf(hosts);
    this.registry = registry;
    this.access = new Access(credential);
  }

  /** The hosts of a client that asks its node's Tarn and falls back. */
  public static List<URI> through(URI upstream) {
    return List.of(URI.create("http://127.0.0.1:" + ClusterNode.REGISTRY_PORT), upstream);
  }

  static Head request(String method, String target) {
    return new Head(
        method + " " + target + " HTTP/1.1",
        List.of(
            new Head.Field("Host", "tarn.test"),
            new Head.Field("User-Agent", AGENT),
            new Head.Field("Accept", ImageMaker.INDEX + ", " + ImageMaker.MANIFEST + ", */*"),
            new Head.Field("Connection", "close")));
  }

  /** Starts an attempt. */
  public FutureTask<PullReport> start(String repository, String tag) {
    return place.start(
        () -> {
          long start = System.nanoTime();
          String failure = "";
          try {
            pull("/v2/" + repository + "/", tag);
          } catch (IOException e) {
            failure = e.toString();
            notes.trouble(failure);
          }
          return notes.report((System.nanoTime() - start) / 1e9, failure);
        });
  }

  private void pull(String base, String tag) throws IOException {
    String digest;
    try (Reply resolved = open("HEAD", base + "manifests/" + tag, 0)) {
      Optional<String> told = resolved.head().first(DIGEST_FIELD);
      digest = told.orElseThrow(() -> new IOException("a HEAD without a digest"));
    }
    JsonNode manifest = new ObjectMapper().readTree(document(base + "manifests/", digest));
    fetch(base, manifest.required("config").required("digest").asText());
    Semaphore turns = new Semaphore(PARALLEL);
    List<FutureTask<String>> layers = new ArrayList<>();
    for (JsonNode layer : manifest.required("layers")) {
      String blob = layer.required("digest").asText();
      // Before it starts: containerd begins them in the manifest's order, on every node the same.
      turns.acquireUninterruptibly();
      layers.add(
          place.start(
              () -> {
                try {
                  fetch(base, blob);
                } finally {
                  turns.release();
                }
                return blob;
              }));
    }
    await(layers);
  }

  private static void await(List<FutureTask<String>> layers) throws IOException {
    @Nullable IOException first = null;
    for (FutureTask<String> layer : layers) {
      try {
        layer.get();
      } catch (ExecutionException failed) {
        IOException why =
            failed.getCause() instanceof IOException broken ? broken : new IOException(failed);
        first = first == null ? why : first;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("interrupted", e);
      }
    }
    if (first != null) {
      throw first;
    }
  }

  private byte[] document(String base, String digest) throws IOException {
    try (Reply reply = open("GET", base + digest, 0)) {
      byte[] body = reply.small();
      if (!Hashing.digest(body).equals(digest)) {
        notes.wrong(digest + ": another document of " + body.length + " bytes");
        throw new IOException("wrong content: " + digest);
      }
      return body;
    }
  }

  private void fetch(String base, String digest) throws IOException {
    MessageDigest hash = Hashing.sha256();
    byte[] step = new byte[STEP_BYTES];
    long offset = 0;
    int withoutProgress = 0;
    boolean complete = false;
    while (!complete) {
      long before = offset;
      try (Reply reply = open("GET", base + "blobs/" + digest, offset)) {
        long skip = reply.status() == 206 ? 0 : offset;
        for (int read = reply.read(step); read >= 0; read = reply.read(step)) {
          int from = (int) Math.min(skip, read);
          skip -= from;
          hash.update(step, from, read - from);
          offset += read - from;
        }
        complete = true;
      } catch (EOFException early) {
        withoutProgress = offset == before ? withoutProgress + 1 : 0;
        notes.resumed(digest + " at " + offset + ": " + early.getMessage());
        if (withoutProgress > MOST_WITHOUT_PROGRESS) {
          throw new IOException("no progress: " + digest + " at " + offset, early);
        }
      }
    }
    if (!Hashing.digest(hash).equals(digest)) {
      notes.wrong(digest + ": other content of " + offset + " bytes");
      throw new IOException("wrong content: " + digest);
    }
  }

  /** A good answer of the first host that gives one; its body is the caller's. */
  private Reply open(String method, String path, long offset) throws IOException {
    StringBuilder why = new StringBuilder();
    for (int number = 0; number < hosts.size(); number++) {
      URI host = hosts.get(number);
      boolean last = number == hosts.size() - 1;
      try {
        Reply reply = ask(host, method, path + (last ? "" : "?ns=" + registry), offset);
        if (reply.status() < 300) {
          return reply;
        }
        why.append(host).append(' ').append(reply.status()).append("; ");
        reply.close();
      } catch (IOException e) {
        // Whatever it is, containerd takes the next host.
        why.append(host).append(' ').append(e).append("; ");
      }
      if (!last) {
        notes.fellBack();
        notes.trouble(method + " " + path + " at " + offset + ": " + why);
      }
    }
    throw new IOException(method + " " + path + ": " + why);
  }

  private Reply ask(URI host, String method, String target, long offset) throws IOException {
    Optional<String> range = offset == 0 ? Optional.empty() : Optional.of("bytes=" + offset + "-");
    Head request = access.authorized(host, request(method, target).with("Range", range));
    Reply reply = Reply.to(host, request);
    if (reply.status() == 401 && access.answer(host, reply.head(), request)) {
      reply.close();
      return Reply.to(host, access.authorized(host, request));
    }
    return reply;
  }
}
