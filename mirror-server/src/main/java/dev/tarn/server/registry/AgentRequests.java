package dev.tarn.server.registry;

import dev.tarn.core.name.RegistryHost;
import dev.tarn.server.agent.AgentDesk;
import dev.tarn.server.agent.AgentDesk.Reply;
import dev.tarn.server.agent.Canaries;
import dev.tarn.server.agent.Seen;
import dev.tarn.server.mirror.Answer;
import dev.tarn.server.mirror.Body;
import dev.tarn.server.mirror.Content;
import dev.tarn.server.mirror.HeaderFields;
import dev.tarn.server.mirror.HeaderFields.Field;
import dev.tarn.server.mirror.OciError;
import dev.tarn.server.mirror.Outcome;
import dev.tarn.server.mirror.Source;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import java.net.InetSocketAddress;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Pattern;

/**
 * What the containerd-config-agent asks, on the very port that containerd is pointed at. Anybody on
 * the node can send such a request, so few are read at a time, and none is answered but to the
 * agent. Where one too many comes, the one whose body is longest in coming makes room: the agent
 * sends its own in one go. Thread-safe.
 */
public final class AgentRequests {
  static final int MAX_BODY_BYTES = 64 * 1024;
  static final int MAX_AT_ONCE = 8;

  private static final String PATH = "/tarn/v1/agent";
  private static final String CHALLENGE = PATH + "?challenge=";

  /** 32 bytes in base64url. */
  private static final Pattern CHALLENGE_TEXT = Pattern.compile("[A-Za-z0-9_-]{43}");

  private final AgentDesk desk;
  private final Seen seen;
  private final Canaries canaries;
  private final String host;
  private final String pseudonym;
  private final ReentrantLock lock = new ReentrantLock();

  /** Who has a place, the first to come first, and whether its body is here. */
  private final Map<Sender, Boolean> places = new LinkedHashMap<>();

  /** A connection that a report comes by. */
  interface Sender {
    /** Its place was given to another one before its body was here; on any thread. */
    void displaced();
  }

  /**
   * @param host where the endpoint listens, as it is configured; empty where that is everywhere
   * @param pseudonym by which whom the agent found know this node
   */
  public AgentRequests(
      AgentDesk desk, Seen seen, Canaries canaries, String host, String pseudonym) {
    this.desk = desk;
    this.seen = seen;
    this.canaries = canaries;
    this.host = host;
    this.pseudonym = pseudonym;
  }

  /** Whether it is one, and its body is to be read. */
  static boolean isOne(HttpRequest http) {
    String uri = http.uri();
    return http.method().equals(HttpMethod.POST)
        && uri.startsWith(PATH)
        && (uri.length() == PATH.length() || uri.charAt(PATH.length()) == '?');
  }

  /** Whether one more may be read; then {@link #leave} is to be called when it was answered. */
  boolean enter(Sender sender) {
    Optional<Sender> slowest = Optional.empty();
    lock.lock();
    try {
      if (places.size() >= MAX_AT_ONCE) {
        slowest =
            places.entrySet().stream()
                .filter(place -> !place.getValue())
                .map(Map.Entry::getKey)
                .findFirst();
        if (slowest.isEmpty()) {
          return false;
        }
        places.remove(slowest.get());
      }
      places.put(sender, false);
    } finally {
      lock.unlock();
    }
    slowest.ifPresent(Sender::displaced);
    return true;
  }

  /** Its body is here. Whether it still has its place, which then is its own. */
  boolean arrived(Sender sender) {
    lock.lock();
    try {
      return places.replace(sender, true) != null;
    } finally {
      lock.unlock();
    }
  }

  void leave(Sender sender) {
    lock.lock();
    try {
      places.remove(sender);
    } finally {
      lock.unlock();
    }
  }

  /**
   * Whether this node asked it itself, of an upstream that the agent found, and it came back: whom
   * the node's {@code hosts.toml} names may well lead here.
   */
  boolean cameRound(HttpRequest http) {
    return http.headers().contains(HttpHeaderNames.VIA)
        && http.headers().getAll(HttpHeaderNames.VIA).stream()
            .anyMatch(via -> via.contains(pseudonym));
  }

  /** A client named the registry. */
  void saw(RegistryHost registry, HttpRequest http, long nowNanos) {
    seen.note(registry, http.headers().get(HttpHeaderNames.USER_AGENT), nowNanos);
  }

  /** A client asked for the repository under the canary's registry. */
  void sawCanary(String repository, long nowNanos) {
    canaries.note(repository, nowNanos);
  }

  /** The answer; reads files, so it is for virtual threads. */
  Answer answer(FullHttpRequest http, Channel channel) {
    String uri = http.uri();
    String challenge = uri.startsWith(CHALLENGE) ? uri.substring(CHALLENGE.length()) : "";
    if (!CHALLENGE_TEXT.matcher(challenge).matches()) {
      return refuse("the challenge is not 32 bytes in base64url");
    }
    String proof = http.headers().get("Tarn-Proof", "");
    byte[] body = ByteBufUtil.getBytes(http.content());
    return switch (desk.answer(address(channel), challenge, proof, body)) {
      case Reply.Told(String told, String own) -> text(told, own);
      case Reply.Stranger _ ->
          new Answer(
              401, 0, HeaderFields.of(), new Body.None(), Source.NONE, Outcome.REJECTED, null);
      case Reply.Senseless _ -> refuse("not a report");
    };
  }

  /** Where the agent reaches this node, as it was told. */
  private String address(Channel channel) {
    InetSocketAddress local = (InetSocketAddress) channel.localAddress();
    return (host.isEmpty() ? TokenRequests.text(local.getAddress()) : host) + ":" + local.getPort();
  }

  private static Answer text(String told, String proof) {
    Content body = Content.of(told);
    HeaderFields headers =
        HeaderFields.of(
            new Field("Content-Type", "text/plain; charset=utf-8"), new Field("Tarn-Proof", proof));
    return new Answer(
        200, body.length(), headers, new Body.Bytes(body), Source.NONE, Outcome.PASSED, null);
  }

  private static Answer refuse(String why) {
    return Answer.error(400, Outcome.REJECTED, new OciError(OciError.Code.UNSUPPORTED, why));
  }
}
