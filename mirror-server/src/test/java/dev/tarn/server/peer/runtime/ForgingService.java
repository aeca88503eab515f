package dev.tarn.server.peer.runtime;

import dev.tarn.core.planner.Answer;
import dev.tarn.core.planner.Event.FetchFailure;
import dev.tarn.core.planner.Question;
import dev.tarn.core.store.StoredBlob;
import dev.tarn.server.peer.ChunkBody;
import dev.tarn.server.peer.PeerService;
import dev.tarn.server.peer.Upload;
import dev.tarn.server.peer.wire.ChunkRequest;
import java.nio.channels.FileChannel;
import java.util.List;
import java.util.function.Consumer;

/**
 * A node that says it is alone in holding whatever it is asked for, and vouches for its bytes.
 *
 * @param more than its file has, by which the size is wrong that it says
 */
record ForgingService(String self, TestFiles files, long more) implements PeerService {
  @Override
  public void asked(String from, Question question, Consumer<Answer> reply) {
    reply.accept(
        switch (question) {
          case Question.Open open ->
              new Answer.Complete(files.completeSize(open.key()) + more, List.of(self));
          case Question.Probe _ -> new Answer.Load(0, false, 0, true, true, false);
          default -> new Answer.Noted();
        });
  }

  @Override
  public void fetchAsked(String from, ChunkRequest request, Upload upload) {
    StoredBlob blob = files.open(request.key());
    if (blob == null) {
      upload.refuse(FetchFailure.GONE);
    } else {
      upload.serve(
          new Sized(new StoredBody(blob, request.chunk(), new Tails(self), Runnable::run), more));
    }
  }

  private record Sized(ChunkBody honest, long more) implements ChunkBody {
    @Override
    public long blobSize() {
      return honest.blobSize() + more;
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
      return honest.state(offset);
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
