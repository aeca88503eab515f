package dev.tarn.server.membership.kubernetes.http;

import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.http.StandardHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The head of an answer, and the body that is still to come. Any thread. */
final class ApiResponse extends StandardHttpHeaders implements HttpResponse<AsyncBody> {
  private final int code;
  private final AsyncBody body;
  private final HttpRequest request;

  ApiResponse(int code, HttpHeaders headers, AsyncBody body, HttpRequest request) {
    super(copy(headers));
    this.code = code;
    this.body = body;
    this.request = request;
  }

  private static Map<String, List<String>> copy(HttpHeaders headers) {
    Map<String, List<String>> copy = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    headers.names().forEach(name -> copy.put(name, List.copyOf(headers.getAll(name))));
    return copy;
  }

  @Override
  public int code() {
    return code;
  }

  @Override
  public AsyncBody body() {
    return body;
  }

  @Override
  public HttpRequest request() {
    return request;
  }

  @Override
  public Optional<HttpResponse<?>> previousResponse() {
    return Optional.empty();
  }
}
