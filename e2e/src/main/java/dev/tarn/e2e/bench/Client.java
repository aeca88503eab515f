package dev.tarn.e2e.bench;

import dev.tarn.e2e.check.CaseFailed;
import dev.tarn.e2e.http.Fetch;
import dev.tarn.e2e.image.Blob;
import dev.tarn.e2e.image.ImageMaker;
import java.net.URI;

/** Asks as containerd does and looks at what comes, on the calling thread. */
final class Client {
  /** Without it docker-registry denies that it has a manifest. */
  static final String ACCEPT = ImageMaker.MANIFEST + ", */*";

  private Client() {}

  /** Fails the case unless the content is what comes. */
  static void expect(URI uri, Blob content) {
    Fetch.Fetched fetched = Fetch.digestOf(uri, ACCEPT);
    if (fetched.status() != 200 || !fetched.digest().equals(content.digest())) {
      throw new CaseFailed(uri + " is answered " + fetched);
    }
  }

  /** Whether it is there. */
  static boolean gets(URI uri) {
    return Fetch.statusOf(uri, ACCEPT) == 200;
  }
}
