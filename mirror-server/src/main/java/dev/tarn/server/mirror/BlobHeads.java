package dev.tarn.server.mirror;

import dev.tarn.server.mirror.MirrorRequest.OfBlob;
import dev.tarn.server.upstream.Caller;
import dev.tarn.server.upstream.UpstreamAnswer;
import dev.tarn.server.upstream.UpstreamContent;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;

/** Asks upstream, by HEAD, whether callers may have blobs. Blocks; runs on virtual threads. */
final class BlobHeads {
  private final Registries registries;
  private final Rights rights;
  private final SingleFlight<Who, Said> flights;

  /** Who asks, and where: whatever upstream says of one blob it says of their right to others. */
  private record Who(Scope scope, Caller caller) {}

  /** What upstream said; can be shared by any number of askers. */
  sealed interface Said {
    /** It is there, and the caller may have it. */
    record There(Descriptor object) implements Said {}

    /** Never a {@link UpstreamAnswer.Found}. */
    record Otherwise(UpstreamAnswer answer) implements Said {}
  }

  BlobHeads(
      Registries registries,
      Rights rights,
      Executor executor,
      LongSupplier nanoClock,
      Duration patience) {
    this.registries = registries;
    this.rights = rights;
    this.flights =
        new SingleFlight<>(
            executor,
            nanoClock,
            patience.toNanos(),
            new Said.Otherwise(
                new UpstreamAnswer.Failed(
                    UpstreamAnswer.Reason.TIMEOUT, "has not answered for a while")));
  }

  /**
   * Asks for the caller's right. Who wants several blobs at once, as containerd does, costs one
   * question: the answer may be about another blob of the repository.
   */
  Said askForRight(OfBlob request) throws InterruptedException {
    return flights.ask(new Who(request.scope(), request.caller()), () -> ask(request));
  }

  /** Asks for this very blob. */
  Said ask(OfBlob request) {
    Scope scope = request.scope();
    UpstreamAnswer answer =
        registries.upstream(scope).headBlob(scope.repository(), request.digest(), request.caller());
    if (!(answer instanceof UpstreamAnswer.Found(UpstreamContent content))) {
      rights.answered(scope, request.digest(), answer);
      return new Said.Otherwise(answer);
    }
    try (content) {
      Descriptor object = Descriptor.blob(request.digest(), content.totalSize());
      rights.proven(scope, object, content.anonymous());
      return new Said.There(object);
    }
  }
}
