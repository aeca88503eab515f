package dev.tarn.server.peer.runtime;

import dev.tarn.core.digest.Digest;
import dev.tarn.core.planner.Answer;
import dev.tarn.core.planner.Event.FetchFailure;
import dev.tarn.core.planner.Question;
import dev.tarn.server.peer.ChunkBody;
import dev.tarn.server.peer.PeerService;
import dev.tarn.server.peer.Upload;
import dev.tarn.server.peer.wire.ChunkRequest;
import dev.tarn.server.peer.wire.ChunkTail;
import java.nio.channels.FileChannel;
import java.util.function.Consumer;

/** A node that says of every chunk that it is something else. */
record LyingService(PeerService honest) implements PeerService {
  @Override
  public void asked(String from, Question question, Consumer<Answer> reply) {
    honest.asked(from, question, reply);
  }

  @Override
  public void fetchAsked(String from, ChunkRequest request, Upload upload) {
    honest.fetchAsked(from, request, new LyingUpload(upload));
  }

  private record LyingUpload(Upload honest) implements Upload {
    @Override
    public void serve(ChunkBody body) {
      honest.serve(new LyingBody(body));
    }

    @Override
    public void refuse(FetchFailure reason) {
      honest.refuse(reason);
    }

    @Override
    public void cut(FetchFailure reason) {
      honest.cut(reason);
    }

    @Override
    public void onEnd(Runnable ended) {
      honest.onEnd(ended);
    }
  }

  private record LyingBody(ChunkBody honest) implements ChunkBody {
    @Override
    public long blobSize() {
      return honest.blobSize();
    }

    @Override
    public long start() {
      return honest.start();
    }

    @Override
    public FileChannel channel() {
      return honest.channel();
    }

    @Override
    public boolean firstCopy() {
      return honest.firstCopy();
    }

    @Override
    public State state(long offset) {
      State state = honest.state(offset);
      return state instanceof State.End(ChunkTail tail)
          ? new State.End(new ChunkTail(Digest.sha256("something else"), tail.fetchedBy()))
          : state;
    }

    @Override
    public void onProgress(long offset, Runnable wake) {
      honest.onProgress(offset, wake);
    }

    @Override
    public void close() {
      honest.close();
    }
  }
}
