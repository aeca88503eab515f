package dev.tarn.e2e.suite;

import dev.tarn.e2e.http.Head;
import dev.tarn.e2e.http.RawClient;
import dev.tarn.e2e.image.Blob;
import dev.tarn.e2e.image.Hashing;
import dev.tarn.e2e.image.Image;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Function;

/**
 * A request of a soak: what is asked, and what is wrong with a whole answer to it, if anything.
 * Everything follows from the random numbers given.
 */
record SoakRequest(Head request, Function<RawClient.Answer, Optional<String>> judge) {

  static SoakRequest random(SoakBench bench, SplittableRandom random) {
    int number = random.nextInt(bench.images.size());
    Image image = bench.images.get(number);
    Blob blob = bench.blobs.get(random.nextInt(bench.blobs.size()));
    int kind = random.nextInt(100);
    if (kind < 10) {
      return of("HEAD", "manifests/" + SoakBench.tag(number), status(200));
    } else if (kind < 20) {
      Blob manifest = image.manifest();
      return of("GET", "manifests/" + SoakBench.tag(number), whole(manifest));
    } else if (kind < 30) {
      return of("GET", "manifests/" + image.manifest().digest(), whole(image.manifest()));
    } else if (kind < 37) {
      return of("HEAD", "blobs/" + blob.digest(), status(200));
    } else if (kind < 65) {
      return of("GET", "blobs/" + blob.digest(), whole(blob));
    } else if (kind < 85) {
      return part(blob, random);
    } else if (kind < 88) {
      return ranged(blob, "bytes=" + blob.size() + "-", status(416));
    } else if (kind < 91) {
      return of("GET", "blobs/" + Hashing.digest(new byte[] {(byte) kind}), status(404));
    } else if (kind < 94) {
      return of("GET", "manifests/no-such-tag", status(404));
    } else if (kind < 96) {
      return new SoakRequest(
          RawClient.request("HEAD", "/v2/a/b/manifests/c?ns=unknown.test", Optional.empty()),
          status(404));
    } else if (kind < 98) {
      return of("PUT", "manifests/" + SoakBench.tag(number), status(405));
    } else {
      return of("GET", "tags/list", status(200));
    }
  }

  private static SoakRequest part(Blob blob, SplittableRandom random) {
    long size = blob.size();
    long from = random.nextLong(size);
    long to = random.nextLong(from, size);
    return switch (random.nextInt(3)) {
      case 0 -> ranged(blob, "bytes=" + from + "-" + to, bytes(blob, from, to));
      case 1 -> ranged(blob, "bytes=" + from + "-", bytes(blob, from, size - 1));
      default -> ranged(blob, "bytes=-" + (size - from), bytes(blob, from, size - 1));
    };
  }

  private static SoakRequest of(
      String method, String what, Function<RawClient.Answer, Optional<String>> judge) {
    String target = "/v2/" + SoakBench.REPOSITORY + "/" + what + "?ns=" + Bench.REGISTRY;
    return new SoakRequest(RawClient.request(method, target, Optional.empty()), judge);
  }

  private static SoakRequest ranged(
      Blob blob, String range, Function<RawClient.Answer, Optional<String>> judge) {
    SoakRequest whole = of("GET", "blobs/" + blob.digest(), judge);
    return new SoakRequest(whole.request().with("Range", Optional.of(range)), judge);
  }

  private static Function<RawClient.Answer, Optional<String>> status(int expected) {
    return answer ->
        answer.head().status() == expected
            ? Optional.empty()
            : Optional.of("status " + answer.head().status() + ", not " + expected);
  }

  private static Function<RawClient.Answer, Optional<String>> whole(Blob blob) {
    return answer ->
        status(200)
            .apply(answer)
            .or(
                () ->
                    Hashing.digest(answer.body()).equals(blob.digest())
                        ? Optional.empty()
                        : Optional.of("other bytes than " + blob.digest()));
  }

  private static Function<RawClient.Answer, Optional<String>> bytes(Blob blob, long from, long to) {
    return answer -> status(206).apply(answer).or(() -> compare(answer.body(), blob, from, to));
  }

  private static Optional<String> compare(byte[] body, Blob blob, long from, long to) {
    try {
      byte[] all = Files.readAllBytes(blob.file());
      byte[] expected = Arrays.copyOfRange(all, (int) from, (int) to + 1);
      return Arrays.equals(expected, body)
          ? Optional.empty()
          : Optional.of("other bytes than " + from + " to " + to + " of " + blob.digest());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
