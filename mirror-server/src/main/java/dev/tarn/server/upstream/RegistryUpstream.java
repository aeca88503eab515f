package dev.tarn.server.upstream;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.tarn.core.digest.Digest;
import dev.tarn.core.name.Reference;
import dev.tarn.core.name.RepositoryName;
import dev.tarn.core.name.Tag;
import dev.tarn.server.upstream.UpstreamAnswer.Failed;
import dev.tarn.server.upstream.UpstreamAnswer.Found;
import dev.tarn.server.upstream.UpstreamAnswer.NotFound;
import dev.tarn.server.upstream.UpstreamAnswer.RateLimited;
import dev.tarn.server.upstream.UpstreamAnswer.Reason;
import dev.tarn.server.upstream.UpstreamAnswer.Refused;
import dev.tarn.server.upstream.UpstreamAnswer.TooMany;
import io.netty.handler.codec.http.HttpMethod;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A registry as a chain of origins: the first that has what is asked gives it. The last one's word
 * counts where none has it, but a refusal goes before it, because with a credential the answer may
 * be another.
 *
 * <p>An origin that failed is passed over for a while where another stands behind it; the last is
 * always asked. Where that fails as well, those that were passed over are asked after all.
 *
 * <p>A caller's credential goes to one origin alone: the one whose refusal the caller was last
 * given for the repository, else the last of the chain, which is the registry itself. The others
 * are asked anonymously. Tarn's own credentials are each origin's own, so it asks as itself
 * everywhere.
 *
 * <p>The chain may become another one at any time: a question that is under way is asked of the old
 * one to its end. An origin that stays, or comes back to those that the registry began with, keeps
 * what is known of it. A credential that was got for an origin that left goes to no other.
 */
public final class RegistryUpstream implements Upstream {
  private static final int MAX_REMEMBERED_REFUSALS = 4096;

  private final List<OriginClient> first;
  private final Function<Origin, OriginClient> clients;
  private final boolean shared;
  private final AccessListener access;
  private volatile List<OriginClient> current;

  /** The origin whose challenge was handed out last. */
  private final Cache<RepositoryName, OriginClient> challengers =
      Caffeine.newBuilder().maximumSize(MAX_REMEMBERED_REFUSALS).build();

  /**
   * @param clients makes what asks an origin
   * @param shared whether Tarn asks as itself for callers that bring no credential
   */
  RegistryUpstream(
      List<Origin> origins,
      Function<Origin, OriginClient> clients,
      boolean shared,
      AccessListener access) {
    this.clients = clients;
    this.shared = shared;
    this.access = access;
    this.first = origins.stream().map(clients).toList();
    this.current = first;
    use(first);
  }

  /**
   * Asks these origins from now on; with none, those that it began with. Called by one thread at a
   * time.
   */
  public void follow(List<Origin> origins) {
    use(origins.isEmpty() ? first : origins.stream().map(this::client).toList());
  }

  private OriginClient client(Origin origin) {
    return Stream.concat(first.stream(), current.stream())
        .filter(known -> known.origin().isSameAs(origin))
        .findFirst()
        .orElseGet(() -> clients.apply(origin));
  }

  private void use(List<OriginClient> chain) {
    if (chain.isEmpty()) {
      throw new IllegalArgumentException("a registry needs an origin");
    }
    for (OriginClient origin : chain) {
      origin.standsLast(origin == chain.getLast());
    }
    current = chain;
  }

  @Override
  public String origin(RepositoryName repository) {
    List<OriginClient> origins = current;
    OriginClient challenger = challengers.getIfPresent(repository);
    return (challenger != null && origins.contains(challenger) ? challenger : origins.getLast())
        .name();
  }

  @Override
  public Optional<String> realm(String origin, List<String> challenges) {
    return Challenge.bearer(challenges)
        .flatMap(challenge -> challenge.parameter("realm"))
        .filter(realm -> named(origin).filter(client -> client.trustsRealm(realm)).isPresent());
  }

  @Override
  public RealmReply askRealm(String origin, String realm, TokenRequest request, Duration patience) {
    return named(origin)
        .map(client -> client.askRealm(realm, request, patience))
        .orElseGet(() -> Upstream.super.askRealm(origin, realm, request, patience));
  }

  private Optional<OriginClient> named(String origin) {
    return current.stream().filter(client -> client.name().equals(origin)).findFirst();
  }

  @Override
  public UpstreamAnswer headManifest(
      RepositoryName repository, Reference reference, String accept, Caller caller) {
    return ask(manifest(HttpMethod.HEAD, repository, reference, accept), caller);
  }

  @Override
  public UpstreamAnswer getManifest(
      RepositoryName repository, Reference reference, String accept, Caller caller) {
    return ask(manifest(HttpMethod.GET, repository, reference, accept), caller);
  }

  @Override
  public UpstreamAnswer headBlob(RepositoryName repository, Digest digest, Caller caller) {
    return ask(blob(HttpMethod.HEAD, repository, digest, Ask.Part.WHOLE), caller);
  }

  @Override
  public UpstreamAnswer getPart(
      RepositoryName repository, Digest digest, long start, long end, Caller caller) {
    return ask(blob(HttpMethod.GET, repository, digest, new Ask.Part(start, end)), caller);
  }

  @Override
  public UpstreamAnswer getListing(RepositoryName repository, String pathAndQuery, Caller caller) {
    return ask(
        new Ask(HttpMethod.GET, repository, Ask.Kind.LISTING, pathAndQuery, "", Ask.Part.WHOLE),
        caller);
  }

  private static Ask manifest(
      HttpMethod method, RepositoryName repository, Reference reference, String accept) {
    String name =
        switch (reference) {
          case Tag tag -> tag.toString();
          case Reference.ByDigest(Digest digest) -> digest.toString();
        };
    return new Ask(
        method, repository, Ask.Kind.MANIFEST, "manifests/" + name, accept, Ask.Part.WHOLE);
  }

  private static Ask blob(
      HttpMethod method, RepositoryName repository, Digest digest, Ask.Part part) {
    return new Ask(method, repository, Ask.Kind.BLOB, "blobs/" + digest, "", part);
  }

  private UpstreamAnswer ask(Ask ask, Caller asking) {
    // A token of this node's own means nothing to anybody else.
    Caller client = asking.ownToken().isPresent() ? Caller.anonymous() : asking;
    List<OriginClient> origins = current;
    Round round = new Round(origins, ask, client);
    List<OriginClient> passedOver = new ArrayList<>();
    UpstreamAnswer answer = new Failed(Reason.CONNECT, "no origin");
    for (OriginClient origin : origins) {
      if (origin.admits()) {
        answer = round.ask(origin);
        if (answer instanceof Found) {
          return answer;
        }
      } else {
        passedOver.add(origin);
      }
    }
    if (answer instanceof Failed && round.refused == null) {
      for (OriginClient origin : passedOver) {
        if (origin.admitsAsLastResort() && round.ask(origin) instanceof Found found) {
          return found;
        }
      }
    }
    return round.outcome(answer);
  }

  /** One question to the origins, one after the other. */
  private final class Round {
    private final Ask ask;
    private final Caller caller;
    private final OriginClient trusted;
    private @Nullable Refused refused;

    /** What the caller's own origin said; null where it was passed over. */
    private @Nullable UpstreamAnswer trustedAnswer;

    Round(List<OriginClient> origins, Ask ask, Caller client) {
      OriginClient challenger = challengers.getIfPresent(ask.repository());
      boolean left = challenger != null && !origins.contains(challenger);
      Caller shown = left ? Caller.anonymous() : client;
      this.ask = ask;
      this.caller = shared && shown.isAnonymous() ? Caller.node() : shown;
      this.trusted = challenger == null || left ? origins.getLast() : challenger;
    }

    UpstreamAnswer ask(OriginClient origin) {
      boolean shown = origin == trusted || caller.isNode();
      Caller as = shown ? caller : Caller.anonymous();
      UpstreamAnswer answer = origin.ask(ask, as);
      tell(origin, ask, as, answer);
      if (origin == trusted) {
        trustedAnswer = answer;
      }
      if (answer instanceof Refused refusal) {
        refused = refusal;
        if (caller.authorization().isEmpty()) {
          challengers.put(ask.repository(), origin);
        }
      }
      return answer;
    }

    /**
     * What came of it where nobody gave it.
     *
     * @param last the last one's word
     */
    UpstreamAnswer outcome(UpstreamAnswer last) {
      if (refused == null || caller.authorization().isEmpty()) {
        return refused == null ? last : refused;
      }
      // The others were asked as nobody: that they refuse says nothing of a caller whose own origin
      // could not say.
      return switch (trustedAnswer) {
        case null -> new Failed(Reason.CONNECT, trusted.name() + " failed just now");
        case Failed failed -> failed;
        case RateLimited limited -> limited;
        case Refused own -> own;
        case Found _, NotFound _, TooMany _ -> refused;
      };
    }
  }

  private void tell(OriginClient origin, Ask ask, Caller as, UpstreamAnswer answer) {
    // What Tarn itself may read says nothing of anybody else.
    if (ask.kind() != Ask.Kind.LISTING && !as.isNode()) {
      switch (answer) {
        case Found _ -> access.letIn(origin.name(), ask.repository(), as);
        case Refused refusal -> access.refused(origin.name(), ask.repository(), as, refusal);
        case NotFound _, RateLimited _, TooMany _, Failed _ -> {}
      }
    }
  }
}
