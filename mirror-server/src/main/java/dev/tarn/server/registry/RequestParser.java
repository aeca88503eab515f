package dev.tarn.server.registry;

import dev.tarn.core.digest.Digest;
import dev.tarn.core.name.Reference;
import dev.tarn.core.name.RegistryHost;
import dev.tarn.core.name.RepositoryName;
import dev.tarn.core.range.RangeRequest;
import dev.tarn.server.mirror.MirrorRequest;
import dev.tarn.server.mirror.OciError;
import dev.tarn.server.mirror.Registries;
import dev.tarn.server.mirror.Scope;
import dev.tarn.server.upstream.Caller;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Turns an HTTP request into what is asked of the mirror. Stateless.
 *
 * <p>A registry is named by {@code ?ns=}, as containerd does, or by the first component of the
 * path; with {@code ns} present the path is never read as a prefix. What containerd should get
 * elsewhere is 404, so that it goes on to the next host; 400 is for what nobody could answer.
 */
final class RequestParser {
  private static final String API = "/v2/";

  private final Registries registries;

  RequestParser(Registries registries) {
    this.registries = registries;
  }

  /** What a request comes to. */
  sealed interface Parsed {
    /** Is this a registry? */
    record Ping() implements Parsed {}

    /**
     * A question for the mirror.
     *
     * @param links turns upstream's into the client's; null where it is no listing
     * @param byNamespace whether it named its registry as containerd does
     */
    record Ask(MirrorRequest request, @Nullable Links links, boolean byNamespace)
        implements Parsed {}

    /**
     * Asked for by the name that is never served, by whoever would see whether it arrives.
     *
     * @param answer the same as where any other registry is not served
     */
    record Canary(String repository, Refused answer) implements Parsed {}

    /** Refused here. */
    record Refused(int status, OciError error) implements Parsed {}
  }

  Parsed parse(HttpRequest http) {
    boolean head = http.method().equals(HttpMethod.HEAD);
    if (!head && !http.method().equals(HttpMethod.GET)) {
      return refuse(405, OciError.Code.UNSUPPORTED, "the mirror is read-only: GET and HEAD alone");
    }
    String uri = http.uri();
    int question = uri.indexOf('?');
    String rawPath = question < 0 ? uri : uri.substring(0, question);
    String query = question < 0 ? "" : uri.substring(question + 1);
    if (rawPath.equals("/v2") || rawPath.equals(API)) {
      return new Parsed.Ping();
    }
    String path = Percent.decode(rawPath);
    if (path == null || !rawPath.startsWith("/")) {
      return refuse(400, OciError.Code.UNSUPPORTED, "the path is not valid");
    }
    int tailSlash = path.lastIndexOf('/');
    int kindSlash = path.lastIndexOf('/', tailSlash - 1);
    if (!path.startsWith(API) || kindSlash < API.length()) {
      return noSuchEndpoint();
    }
    Query parameters = Query.parse(query);
    if (parameters == null) {
      return refuse(400, OciError.Code.UNSUPPORTED, "the query is not valid");
    }
    String name = path.substring(API.length(), kindSlash);
    return switch (located(name, parameters.namespace())) {
      case Located.At(Scope scope, String prefix) ->
          ask(
              http,
              head,
              scope,
              path.substring(kindSlash + 1, tailSlash),
              path.substring(tailSlash + 1),
              parameters,
              prefix);
      case Located.Nowhere(Parsed nowhere) -> nowhere;
    };
  }

  private sealed interface Located {
    record At(Scope scope, String prefix) implements Located {}

    record Nowhere(Parsed answer) implements Located {}
  }

  private Located located(String name, @Nullable String namespace) {
    String registryText;
    String repositoryText;
    String prefix;
    if (namespace != null) {
      registryText = namespace;
      repositoryText = name;
      prefix = "";
    } else {
      int slash = name.indexOf('/');
      registryText = slash < 0 ? name : name.substring(0, slash);
      repositoryText = slash < 0 ? "" : name.substring(slash + 1);
      prefix = registryText + "/";
    }
    Optional<RegistryHost> registry = registries.find(registryText);
    if (registry.isEmpty()) {
      Parsed.Refused refused =
          refuse(404, OciError.Code.NAME_UNKNOWN, "this registry is not mirrored here");
      boolean canary = RegistryHost.CANARY.value().equals(namespace);
      return new Located.Nowhere(canary ? new Parsed.Canary(name, refused) : refused);
    }
    Optional<RepositoryName> given = RepositoryName.parse(repositoryText);
    Optional<RepositoryName> repository =
        registry.get().equals(RegistryHost.DOCKER_HUB)
            ? given.flatMap(RepositoryName::inLibrary)
            : given;
    if (repository.isEmpty()) {
      return new Located.Nowhere(
          refuse(404, OciError.Code.NAME_INVALID, "the repository name is not valid"));
    }
    return new Located.At(new Scope(registry.get(), repository.get()), prefix);
  }

  private static Parsed ask(
      HttpRequest http,
      boolean head,
      Scope scope,
      String kind,
      String tail,
      Query query,
      String prefix) {
    String authorization = http.headers().get(HttpHeaderNames.AUTHORIZATION);
    Caller caller =
        authorization == null ? Caller.anonymous() : Caller.withAuthorization(authorization);
    return switch (kind) {
      case "manifests" -> manifest(http, head, scope, caller, tail, query.namespace() != null);
      case "blobs" -> blob(http, head, scope, caller, tail, query.namespace() != null);
      case "tags" ->
          tail.equals("list")
              ? listing(scope, caller, head, "tags/list", query, prefix)
              : noSuchEndpoint();
      case "referrers" ->
          Digest.parse(tail)
              .<Parsed>map(
                  digest -> listing(scope, caller, head, "referrers/" + digest, query, prefix))
              .orElseGet(() -> refuse(400, OciError.Code.DIGEST_INVALID, "not a digest"));
      default -> noSuchEndpoint();
    };
  }

  private static Parsed manifest(
      HttpRequest http, boolean head, Scope scope, Caller caller, String tail, boolean named) {
    Optional<Reference> reference = Reference.parse(tail);
    if (reference.isEmpty()) {
      return refuse(404, OciError.Code.MANIFEST_UNKNOWN, "not a tag, nor a digest known here");
    }
    List<String> accepted = http.headers().getAll(HttpHeaderNames.ACCEPT);
    String accept = accepted.size() == 1 ? accepted.getFirst() : String.join(", ", accepted);
    return new Parsed.Ask(
        new MirrorRequest.OfManifest(scope, caller, head, reference.get(), accept), null, named);
  }

  private static Parsed blob(
      HttpRequest http, boolean head, Scope scope, Caller caller, String tail, boolean named) {
    Optional<Digest> digest = Digest.parse(tail);
    if (digest.isEmpty()) {
      return refuse(404, OciError.Code.DIGEST_INVALID, "not a digest that can be verified here");
    }
    RangeRequest range = RangeRequest.parse(http.headers().get(HttpHeaderNames.RANGE));
    return new Parsed.Ask(
        new MirrorRequest.OfBlob(scope, caller, head, digest.get(), range), null, named);
  }

  private static Parsed.Refused noSuchEndpoint() {
    return refuse(404, OciError.Code.UNSUPPORTED, "no such endpoint of the distribution API");
  }

  private static Parsed.Ask listing(
      Scope scope, Caller caller, boolean head, String path, Query query, String prefix) {
    String rest = query.rest();
    String pathAndQuery = rest.isEmpty() ? path : path + "?" + rest;
    String own = API + prefix + scope.repository() + "/" + path;
    return new Parsed.Ask(
        new MirrorRequest.OfListing(scope, caller, head, pathAndQuery),
        new Links(own, query.namespace()),
        query.namespace() != null);
  }

  private static Parsed.Refused refuse(int status, OciError.Code code, String message) {
    return new Parsed.Refused(status, new OciError(code, message));
  }
}
