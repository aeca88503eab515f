package dev.tarn.agent.cri;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * containerd's CRI socket, version {@code runtime.v1}, which containerd has from 1.6 on. Each call
 * is a connection of its own, and blocks for the given time at most.
 *
 * @see <a href="https://github.com/kubernetes/cri-api">cri-api, runtime/v1/api.proto</a>
 */
public final class Cri {
  private static final String PULL_IMAGE = "/runtime.v1.ImageService/PullImage";
  private static final String VERSION = "/runtime.v1.RuntimeService/Version";

  private static final int PULL_IMAGE_REQUEST_IMAGE = 1;
  private static final int IMAGE_SPEC_IMAGE = 1;
  private static final int VERSION_RESPONSE_RUNTIME_VERSION = 3;

  private final Path socket;

  public Cri(Path socket) {
    this.socket = socket;
  }

  /** Pulls an image as the kubelet does, without a credential. */
  public Answer pullImage(String reference, Duration limit) {
    byte[] spec = Protobuf.field(IMAGE_SPEC_IMAGE, reference);
    return call(PULL_IMAGE, Protobuf.field(PULL_IMAGE_REQUEST_IMAGE, spec), limit);
  }

  /** containerd's version, as its CRI plugin tells it: empty where that is not loaded. */
  public Optional<String> version(Duration limit) {
    return call(VERSION, new byte[0], limit) instanceof Answer.Message message
        ? Protobuf.text(bytes(message.content()), VERSION_RESPONSE_RUNTIME_VERSION)
        : Optional.empty();
  }

  private static byte[] bytes(ByteBuffer content) {
    byte[] bytes = new byte[content.remaining()];
    content.duplicate().get(bytes);
    return bytes;
  }

  private Answer call(String method, byte[] message, Duration limit) {
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      channel.configureBlocking(false);
      if (!channel.connect(UnixDomainSocketAddress.of(socket))) {
        return new Answer.Unreachable(socket + ": nobody accepts a connection");
      }
      return new UnaryCall(channel, limit).make(method, message);
    } catch (IOException | UnsupportedOperationException | IllegalArgumentException e) {
      return new Answer.Unreachable(socket + ": " + e.getMessage());
    }
  }
}
