package dev.tarn.server.membership.kubernetes;

import dev.tarn.server.membership.Freshness;
import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.http.Interceptor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.Consumer;

/**
 * Hears whatever the API server says, on the client's threads: good answers, each piece of a watch,
 * bookmarks among them, and why a watch could not be begun. The informer itself counts a watch as
 * open from its first event on only, and keeps its failures to itself.
 */
final class ApiContact implements Interceptor {
  static final String NAME = "tarn-contact";

  private final Freshness freshness;
  private final Consumer<Throwable> watchFailed;

  ApiContact(Freshness freshness, Consumer<Throwable> watchFailed) {
    this.freshness = freshness;
    this.watchFailed = watchFailed;
  }

  @Override
  public void after(
      HttpRequest request,
      HttpResponse<?> response,
      AsyncBody.Consumer<List<ByteBuffer>> consumer) {
    if (response.isSuccessful()) {
      freshness.heard();
    } else if (isWatch(request)) {
      watchFailed.accept(new IOException("the watch was answered " + response.code()));
    }
  }

  @Override
  public AsyncBody.Consumer<List<ByteBuffer>> consumer(
      AsyncBody.Consumer<List<ByteBuffer>> consumer, HttpRequest request) {
    if (!isWatch(request)) {
      return consumer;
    }
    return (value, body) -> {
      freshness.heard();
      consumer.consume(value, body);
    };
  }

  @Override
  public void afterConnectionFailure(HttpRequest request, Throwable failure) {
    if (isWatch(request)) {
      watchFailed.accept(failure);
    }
  }

  private static boolean isWatch(HttpRequest request) {
    String query = request.uri().getQuery();
    return query != null && query.contains("watch=true");
  }
}
