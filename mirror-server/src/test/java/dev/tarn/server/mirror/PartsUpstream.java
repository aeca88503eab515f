package dev.tarn.server.mirror;

import dev.tarn.core.digest.Digest;
import dev.tarn.core.name.Reference;
import dev.tarn.core.name.RepositoryName;
import dev.tarn.server.testing.Sample;
import dev.tarn.server.upstream.Caller;
import dev.tarn.server.upstream.Upstream;
import dev.tarn.server.upstream.UpstreamAnswer;
import dev.tarn.server.upstream.UpstreamContent;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An upstream in memory that has one blob, hands it out in equal parts and knows nothing else; for
 * one thread.
 */
final class PartsUpstream implements Upstream {
  static final int PART_BYTES = 1024 * 1024;

  private static final UpstreamAnswer NOTHING_ELSE =
      new UpstreamAnswer.NotFound(UpstreamAnswer.ErrorBody.NONE);

  private final Sample blob;
  private final List<Long> offsets = new ArrayList<>();
  private boolean ranges = true;
  private int partsBeforeBreak = Integer.MAX_VALUE;
  private int openContents;
  private long bytesTaken;

  PartsUpstream(Sample blob) {
    this.blob = blob;
  }

  /** From now on every answer is the whole blob. */
  void ignoreRanges() {
    ranges = false;
  }

  /** From now on every answer breaks off after so many parts. */
  void breakOffAfter(int parts) {
    partsBeforeBreak = parts;
  }

  /** The offsets that were asked for, in order. */
  List<Long> offsets() {
    return List.copyOf(offsets);
  }

  int openContents() {
    return openContents;
  }

  /** How many bytes were read of all answers. */
  long bytesTaken() {
    return bytesTaken;
  }

  /** The content from {@code offset} on; the caller closes it. */
  UpstreamContent from(long offset) {
    openContents++;
    return new Parts(offset);
  }

  @Override
  public UpstreamAnswer getPart(
      RepositoryName repository, Digest digest, long offset, long end, Caller caller) {
    offsets.add(offset);
    return new UpstreamAnswer.Found(from(ranges ? offset : 0));
  }

  @Override
  public UpstreamAnswer headBlob(RepositoryName repository, Digest digest, Caller caller) {
    return NOTHING_ELSE;
  }

  @Override
  public String origin(RepositoryName repository) {
    return "parts.test:443";
  }

  @Override
  public UpstreamAnswer headManifest(
      RepositoryName repository, Reference reference, String accept, Caller caller) {
    return NOTHING_ELSE;
  }

  @Override
  public UpstreamAnswer getManifest(
      RepositoryName repository, Reference reference, String accept, Caller caller) {
    return NOTHING_ELSE;
  }

  @Override
  public UpstreamAnswer getListing(RepositoryName repository, String pathAndQuery, Caller caller) {
    return NOTHING_ELSE;
  }

  private final class Parts implements UpstreamContent {
    private final long offset;
    private long position;
    private int parts;

    Parts(long offset) {
      this.offset = offset;
      this.position = offset;
    }

    @Override
    public @Nullable ByteBuf next() throws IOException {
      if (parts++ == partsBeforeBreak) {
        throw new IOException("broke off");
      }
      int length = (int) Math.min(PART_BYTES, blob.size() - position);
      if (length == 0) {
        return null;
      }
      ByteBuf part = Unpooled.wrappedBuffer(blob.bytes(), (int) position, length);
      position += length;
      bytesTaken += length;
      return part;
    }

    @Override
    public long offset() {
      return offset;
    }

    @Override
    public long totalSize() {
      return blob.size();
    }

    @Override
    public String mediaType() {
      return "application/octet-stream";
    }

    @Override
    public Optional<Digest> digest() {
      return Optional.of(blob.digest());
    }

    @Override
    public Optional<String> link() {
      return Optional.empty();
    }

    @Override
    public Optional<String> header(String name) {
      return Optional.empty();
    }

    @Override
    public boolean anonymous() {
      return true;
    }

    @Override
    public void close() {
      openContents--;
    }
  }
}
