package dev.tarn.server.membership.kubernetes.http;

import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.http.StandardHttpClient;
import io.fabric8.kubernetes.client.http.StandardHttpRequest;
import io.fabric8.kubernetes.client.http.StandardWebSocketBuilder;
import io.fabric8.kubernetes.client.http.WebSocket;
import io.fabric8.kubernetes.client.http.WebSocketResponse;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * What fabric8 asks of HTTP, as far as an informer needs it: requests without a body. Any thread;
 * callbacks and what depends on the futures run on the executor of the factory, for one request
 * never two at once. A client that is closed closes its connections, those of the clients derived
 * from it too.
 */
final class ApiHttpClient
    extends StandardHttpClient<ApiHttpClient, ApiHttpFactory, ApiHttpBuilder> {
  private final ApiConnections connections;

  ApiHttpClient(ApiHttpBuilder builder, AtomicBoolean closed, ApiConnections connections) {
    super(builder, closed);
    this.connections = connections;
  }

  ApiConnections connections() {
    return connections;
  }

  @Override
  public CompletableFuture<HttpResponse<AsyncBody>> consumeBytesDirect(
      StandardHttpRequest request, AsyncBody.Consumer<List<ByteBuffer>> consumer) {
    if (request.body() != null) {
      return CompletableFuture.failedFuture(
          new UnsupportedOperationException("requests with a body are not sent from here"));
    }
    return connections.send(request, consumer);
  }

  @Override
  public CompletableFuture<WebSocketResponse> buildWebSocketDirect(
      StandardWebSocketBuilder socket, WebSocket.Listener listener) {
    return CompletableFuture.failedFuture(
        new UnsupportedOperationException(
            "no WebSockets here: watch by HTTP, with onlyHttpWatches"));
  }

  @Override
  protected void doClose() {
    connections.close();
  }
}
