package dev.tarn.core.store;

import dev.tarn.core.digest.Digest;
import dev.tarn.core.store.BlobStore.Admission;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Random;

/** A process that writes to a store until it is killed, and says what it has finished. */
final class KillVictim {
  /** How many different contents there are. */
  static final int NUMBERS = 150;

  private KillVictim() {}

  /** The content that a number stands for: from a byte to some chunks. */
  static byte[] content(long number) {
    Random random = new Random(number);
    int bits = 1 + random.nextInt(24);
    byte[] content = new byte[1 + random.nextInt(1 << bits)];
    random.nextBytes(content);
    return content;
  }

  public static void main(String[] arguments) throws IOException {
    Path root = Path.of(arguments[0]);
    Random random = new Random(Long.parseLong(arguments[1]));
    DiskBlobStore store =
        DiskBlobStore.open(
            StoreOptions.defaults(root), Clock.systemUTC(), KillTest.SPACE, Runnable::run);
    System.out.println("open");
    while (true) {
      byte[] content = content(random.nextInt(NUMBERS));
      Digest digest = Digest.sha256(content);
      switch (random.nextInt(8)) {
        case 0 -> {
          System.out.println("removing " + digest);
          store.remove(digest);
        }
        case 1, 2 -> {
          store.put(digest, ByteBuffer.wrap(content));
          System.out.println("published " + digest);
        }
        default -> transfer(store, digest, content, random.nextInt(4) > 0);
      }
    }
  }

  private static void transfer(DiskBlobStore store, Digest digest, byte[] content, boolean finish)
      throws IOException {
    if (store.admit(digest, content.length) instanceof Admission.Admitted(PartialBlob partial)) {
      try (partial) {
        StoreFixture.write(partial, content, 0, content.length);
        if (finish) {
          partial.publish(content.length);
          System.out.println("published " + digest);
        }
      }
    }
  }
}
