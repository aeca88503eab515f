package dev.tarn.server.peer.tls;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.SslHandler;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Executor;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * This node's identity as of now, which new connections get. Handlers are made on event loops;
 * {@link #reload} reads files and blocks.
 *
 * <p>Where the files are an authority's, the node's certificate is issued here, in memory, and
 * again when two thirds of its life are over.
 *
 * <p>A node whose files are missing or not valid has no peers until they are: that is no reason not
 * to serve its own clients.
 */
public final class PeerTls {
  /** Told on the thread that loads. */
  public interface Listener {
    void identityLoaded(Instant validUntil);

    /** The files are not usable as they are now; what was loaded before stays in use. */
    void identityRejected(String why);
  }

  private static final String KNOWN = "dev.tarn.known";

  private final IdentityFiles files;
  private final String node;
  private final Duration handshakeTimeout;
  private final Executor delegated;
  private final InstantSource clock;
  private final SecureRandom random;
  private final Listener listener;
  private volatile @Nullable PeerIdentity identity;

  // Guarded by this.
  private List<Object> stamp = List.of();
  private Instant loadedAt = Instant.MIN;
  private String rejected = "";

  /**
   * Loads the identity where it is there already; blocks.
   *
   * @param node this node's name, which the certificate has to say
   * @param delegated where the costly steps of handshakes run, off the event loops
   */
  public PeerTls(
      IdentityFiles files,
      String node,
      Duration handshakeTimeout,
      Executor delegated,
      Listener listener) {
    this(
        files,
        node,
        handshakeTimeout,
        delegated,
        InstantSource.system(),
        new SecureRandom(),
        listener);
  }

  /** The same with a clock and a source of randomness, for certificates that are issued. */
  PeerTls(
      IdentityFiles files,
      String node,
      Duration handshakeTimeout,
      Executor delegated,
      InstantSource clock,
      SecureRandom random,
      Listener listener) {
    this.files = files;
    this.node = node;
    this.handshakeTimeout = handshakeTimeout;
    this.delegated = delegated;
    this.clock = clock;
    this.random = random;
    this.listener = listener;
    reload();
  }

  /** When this node's certificate expires; empty where it has none. */
  public Optional<Instant> validUntil() {
    return Optional.ofNullable(identity).map(loaded -> loaded.certificate().validUntil());
  }

  /**
   * Looks whether the files changed, or the certificate is due to be issued again, and takes what
   * is usable; to be called every few seconds. Connections that are open go on as they are.
   */
  public synchronized void reload() {
    try {
      List<Object> now = files.stamp();
      Instant time = clock.instant();
      if (now.equals(stamp) && !isDue(time)) {
        return;
      }
      PeerIdentity loaded = PeerIdentity.load(files, node, time, random);
      String name = loaded.certificate().node();
      if (!name.equals(node)) {
        reject("the certificate is that of " + name + ", this node is " + node);
      } else {
        identity = loaded;
        loadedAt = time;
        rejected = "";
        listener.identityLoaded(loaded.certificate().validUntil());
      }
      stamp = now;
    } catch (IOException e) {
      reject("not readable: " + e.getMessage());
    } catch (GeneralSecurityException e) {
      reject(String.valueOf(e.getMessage()));
    }
  }

  /** Also after the clock was put back: what was issued before is of the future now. */
  private boolean isDue(Instant time) {
    PeerIdentity now = identity;
    return now != null
        && (!time.isBefore(now.renewAt())
            || (now.renewAt().isBefore(Instant.MAX)
                && time.isBefore(loadedAt.minus(OwnIssue.BACKDATING))));
  }

  /** Says it once for each reason: files that change one after the other are tried each time. */
  private void reject(String why) {
    if (!why.equals(rejected)) {
      rejected = why;
      listener.identityRejected(why);
    }
  }

  /** For a connection that was accepted; empty where this node has no identity. */
  public Optional<SslHandler> accepting(ByteBufAllocator allocator) {
    return Optional.ofNullable(identity)
        .map(loaded -> bounded(loaded.server().newHandler(allocator, delegated)));
  }

  /**
   * For a connection to be opened; empty where this node has no identity.
   *
   * @param line a number for the peer: sessions are resumed with the one they were made with
   */
  public Optional<SslHandler> connecting(ByteBufAllocator allocator, int line) {
    return Optional.ofNullable(identity)
        .map(
            loaded ->
                bounded(
                    loaded
                        .client()
                        .newHandler(allocator, PeerCertificate.SERVER_NAME, line, delegated)));
  }

  /**
   * Whether the session of a connection that this node opened goes back to an earlier one; to be
   * asked once. What is bound to a session goes on with those that resume it, while times of
   * creation are only good to a second.
   */
  public static boolean isResumed(SSLSession session) {
    boolean resumed = session.getValue(KNOWN) != null;
    session.putValue(KNOWN, true);
    return resumed;
  }

  /** What new connections get now; there is one. */
  PeerIdentity identity() {
    return Objects.requireNonNull(identity);
  }

  private SslHandler bounded(SslHandler handler) {
    handler.setHandshakeTimeoutMillis(handshakeTimeout.toMillis());
    handler.setCloseNotifyFlushTimeoutMillis(handshakeTimeout.toMillis());
    return handler;
  }
}
