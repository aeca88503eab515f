package dev.tarn.server.upstream;

import dev.tarn.server.upstream.UpstreamAnswer.Reason;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ConnectTimeoutException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Connects to the first of several addresses that answers: each gets a head start before the next
 * is tried beside it, so that a family without a route costs no time-out.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc8305">RFC 8305, Happy Eyeballs</a>
 */
final class AddressRace {
  private static final int MAX_ADDRESSES = 6;
  private static final long HEAD_START_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

  private AddressRace() {}

  /** The addresses to try, families alternating, the first as it came. */
  static List<InetAddress> interleaved(List<InetAddress> addresses) {
    ArrayDeque<InetAddress> same = new ArrayDeque<>();
    ArrayDeque<InetAddress> other = new ArrayDeque<>();
    boolean v6First = addresses.getFirst() instanceof Inet6Address;
    for (InetAddress address : addresses) {
      (address instanceof Inet6Address == v6First ? same : other).add(address);
    }
    List<InetAddress> result = new ArrayList<>();
    while (result.size() < MAX_ADDRESSES && !(same.isEmpty() && other.isEmpty())) {
      InetAddress next = same.isEmpty() ? other.remove() : same.remove();
      result.add(next);
      if (!other.isEmpty() && result.size() < MAX_ADDRESSES) {
        result.add(other.remove());
      }
    }
    return result;
  }

  /** Blocks until one is connected. Those that come too late are closed. */
  static Channel run(
      List<InetAddress> addresses,
      Function<InetAddress, ChannelFuture> connect,
      Site site,
      Deadline deadline)
      throws UpstreamException {
    LinkedBlockingQueue<ChannelFuture> done = new LinkedBlockingQueue<>();
    List<ChannelFuture> attempts = new ArrayList<>();
    Channel winner = null;
    try {
      Throwable last = null;
      int failed = 0;
      while (failed < addresses.size()) {
        boolean more = attempts.size() < addresses.size();
        if (more) {
          ChannelFuture attempt = connect.apply(addresses.get(attempts.size()));
          attempts.add(attempt);
          attempt.addListener(ignored -> done.add(attempt));
        }
        ChannelFuture first = poll(done, attempts.size() < addresses.size(), deadline);
        if (first == null && deadline.passed()) {
          throw new UpstreamException(Reason.TIMEOUT, "connecting to " + site + " timed out");
        } else if (first != null && first.isSuccess()) {
          winner = first.channel();
          return winner;
        } else if (first != null) {
          failed++;
          last = first.cause();
        }
      }
      throw failure(site, last);
    } finally {
      closeLosers(attempts, winner);
    }
  }

  private static @Nullable ChannelFuture poll(
      LinkedBlockingQueue<ChannelFuture> done, boolean more, Deadline deadline)
      throws UpstreamException {
    long left = deadline.remainingNanos();
    try {
      return done.poll(more ? Math.min(left, HEAD_START_NANOS) : left, TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      throw Interrupts.restored(e);
    }
  }

  private static UpstreamException failure(Site site, @Nullable Throwable cause) {
    return cause instanceof ConnectTimeoutException
        ? new UpstreamException(Reason.TIMEOUT, "connecting to " + site + " timed out", cause)
        : new UpstreamException(Reason.CONNECT, "cannot connect to " + site, cause);
  }

  private static void closeLosers(List<ChannelFuture> attempts, @Nullable Channel winner) {
    for (ChannelFuture attempt : attempts) {
      if (!attempt.channel().equals(winner)) {
        var _ = attempt.channel().close();
      }
    }
  }
}
