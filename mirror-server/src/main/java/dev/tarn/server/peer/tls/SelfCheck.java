package dev.tarn.server.peer.tls;

import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.handler.ssl.SslContext;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLException;

/**
 * A handshake of a node with itself, in memory: it shows whether others will accept its certificate
 * before any of them is asked, and takes the time that a process's first handshake takes out of the
 * way of real ones. Pure; the caller's thread is busy for some milliseconds.
 */
final class SelfCheck {
  private static final int MAX_STEPS = 100;
  private static final int BUFFER_BYTES = 64 * 1024;

  private SelfCheck() {}

  static void run(SslContext server, SslContext client) throws GeneralSecurityException {
    SSLEngine accepting = server.newEngine(UnpooledByteBufAllocator.DEFAULT);
    SSLEngine connecting =
        client.newEngine(UnpooledByteBufAllocator.DEFAULT, PeerCertificate.SERVER_NAME, 0);
    ByteBuffer toServer = ByteBuffer.allocate(BUFFER_BYTES);
    ByteBuffer toClient = ByteBuffer.allocate(BUFFER_BYTES);
    try {
      connecting.beginHandshake();
      accepting.beginHandshake();
      for (int step = 0; step < MAX_STEPS; step++) {
        step(connecting, toClient, toServer);
        step(accepting, toServer, toClient);
        if (isDone(connecting) && isDone(accepting)) {
          return;
        }
      }
    } catch (SSLException e) {
      throw new GeneralSecurityException(
          "the certificate would not be accepted by other nodes ("
              + TlsTrouble.of(e).label()
              + "): it has to be issued by the authority given, be valid now and have the DNS name "
              + PeerCertificate.SERVER_NAME,
          e);
    }
    throw new GeneralSecurityException("a handshake with itself did not end");
  }

  private static boolean isDone(SSLEngine engine) {
    return engine.getHandshakeStatus() == SSLEngineResult.HandshakeStatus.NOT_HANDSHAKING
        && !engine.getSession().getProtocol().equals("NONE");
  }

  private static void step(SSLEngine engine, ByteBuffer in, ByteBuffer out) throws SSLException {
    switch (engine.getHandshakeStatus()) {
      case NEED_WRAP -> engine.wrap(ByteBuffer.allocate(0), out);
      case NEED_UNWRAP, NEED_UNWRAP_AGAIN -> {
        in.flip();
        engine.unwrap(in, ByteBuffer.allocate(BUFFER_BYTES));
        in.compact();
      }
      case NEED_TASK -> {
        for (Runnable task = engine.getDelegatedTask();
            task != null;
            task = engine.getDelegatedTask()) {
          task.run();
        }
      }
      case FINISHED, NOT_HANDSHAKING -> {}
    }
  }
}
