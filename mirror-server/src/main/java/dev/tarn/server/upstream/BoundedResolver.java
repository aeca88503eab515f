package dev.tarn.server.upstream;

import dev.tarn.server.upstream.UpstreamAnswer.Reason;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Bounds a resolver in time. Look-ups run on a few platform threads, because one that hangs in the
 * C library would hold a carrier of virtual threads; the caller's virtual thread waits.
 */
final class BoundedResolver implements AutoCloseable {
  private static final int MAX_THREADS = 4;
  private static final int MAX_WAITING = 256;

  private final Resolver resolver;
  private final ThreadPoolExecutor threads;

  BoundedResolver(Resolver resolver) {
    this.resolver = resolver;
    this.threads =
        new ThreadPoolExecutor(
            MAX_THREADS,
            MAX_THREADS,
            10,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(MAX_WAITING),
            Thread.ofPlatform().daemon().name("tarn-dns-", 0).factory());
    threads.allowCoreThreadTimeOut(true);
  }

  List<InetAddress> resolve(String host, Deadline deadline) throws UpstreamException {
    Optional<InetAddress> literal = Cidr.literal(host);
    if (literal.isPresent()) {
      return List.of(literal.get());
    }
    Future<List<InetAddress>> lookup;
    try {
      lookup = threads.submit(() -> resolver.resolve(host));
    } catch (RejectedExecutionException e) {
      throw new UpstreamException(Reason.CONNECT, "too many look-ups wait", e);
    }
    try {
      return lookup.get(deadline.remainingNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      lookup.cancel(true);
      throw new UpstreamException(Reason.TIMEOUT, "look-up of " + host + " timed out", e);
    } catch (ExecutionException e) {
      String what = e.getCause() instanceof UnknownHostException ? "unknown host " : "no look-up ";
      throw new UpstreamException(Reason.CONNECT, what + host, e);
    } catch (InterruptedException e) {
      throw Interrupts.restored(e);
    }
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
