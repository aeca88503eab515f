package dev.tarn.server.console;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.MalformedURLException;
import java.net.Proxy;
import java.net.URI;
import java.net.URL;
import java.net.http.HttpHeaders;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * One request after the other, without proxies, and without following redirects: for commands,
 * which are over before another client would be loaded. Stateless; blocks.
 */
public final class Http {
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(3);
  private static final int BUFFER_BYTES = 64 * 1024;

  private Http() {}

  /**
   * What is asked.
   *
   * @param readTimeout how long nothing may come
   * @param maxBytes of the body; what is beyond is not read
   * @param tls what certificates are believed; where null, those that the JDK believes
   */
  public record Request(
      String method,
      URI target,
      Map<String, String> headers,
      Duration readTimeout,
      long maxBytes,
      @Nullable SSLSocketFactory tls) {
    public Request {
      headers = Map.copyOf(headers);
    }

    /** A request without headers. */
    public static Request of(String method, URI target, Duration readTimeout, long maxBytes) {
      return new Request(method, target, Map.of(), readTimeout, maxBytes, null);
    }

    public Request with(Map<String, String> added) {
      return new Request(method, target, added, readTimeout, maxBytes, tls);
    }

    public Request with(SSLSocketFactory believed) {
      return new Request(method, target, headers, readTimeout, maxBytes, believed);
    }
  }

  /**
   * What came.
   *
   * @param length bytes of the body that were read
   * @param time until its end
   */
  public record Head(int status, HttpHeaders headers, long length, Duration time) {
    /** The first header of this name; empty where there is none. */
    public String header(String name) {
      return headers.firstValue(name).orElse("");
    }
  }

  /** What came, with its body. */
  @SuppressWarnings("ArrayRecordComponent") // Whoever asked owns it.
  public record Answer(Head head, byte[] body) {
    public int status() {
      return head.status();
    }
  }

  /**
   * Asks and keeps the body.
   *
   * @throws MalformedURLException where the target is none of HTTP
   */
  public static Answer send(Request request) throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    Head head = send(request, body);
    return new Answer(head, body.toByteArray());
  }

  /** Asks and gives the body to {@code sink} as it comes. */
  public static Head send(Request request, OutputStream sink) throws IOException {
    long started = System.nanoTime();
    HttpURLConnection connection = open(request);
    try {
      int status = connection.getResponseCode();
      if (status < 0) {
        throw new IOException("the answer is not HTTP");
      }
      long length = 0;
      try (InputStream in =
          status < HttpURLConnection.HTTP_BAD_REQUEST
              ? connection.getInputStream()
              : connection.getErrorStream()) {
        length = in == null ? 0 : copy(in, sink, request.maxBytes());
      }
      return new Head(
          status, headers(connection), length, Duration.ofNanos(System.nanoTime() - started));
    } finally {
      connection.disconnect();
    }
  }

  private static HttpURLConnection open(Request request) throws IOException {
    if (!(url(request.target()).openConnection(Proxy.NO_PROXY)
        instanceof HttpURLConnection connection)) {
      throw new MalformedURLException("not HTTP: " + request.target());
    }
    if (connection instanceof HttpsURLConnection secure && request.tls() != null) {
      secure.setSSLSocketFactory(request.tls());
    }
    connection.setConnectTimeout((int) CONNECT_TIMEOUT.toMillis());
    connection.setReadTimeout((int) request.readTimeout().toMillis());
    connection.setInstanceFollowRedirects(false);
    connection.setUseCaches(false);
    connection.setRequestMethod(request.method());
    // Else one whose answer was an error stays open, and a node that ends would wait for it.
    connection.setRequestProperty("Connection", "close");
    request.headers().forEach(connection::setRequestProperty);
    if (request.method().equals("POST")) {
      connection.setDoOutput(true);
      try (OutputStream body = connection.getOutputStream()) {
        body.flush();
      }
    }
    return connection;
  }

  private static URL url(URI target) throws MalformedURLException {
    try {
      return target.toURL();
    } catch (IllegalArgumentException e) {
      throw new MalformedURLException(e.getMessage());
    }
  }

  private static long copy(InputStream in, OutputStream sink, long maxBytes) throws IOException {
    byte[] buffer = new byte[BUFFER_BYTES];
    long length = 0;
    while (length < maxBytes) {
      int read = in.read(buffer, 0, (int) Math.min(buffer.length, maxBytes - length));
      if (read < 0) {
        return length;
      }
      sink.write(buffer, 0, read);
      length += read;
    }
    return length;
  }

  private static HttpHeaders headers(HttpURLConnection connection) {
    Map<String, List<String>> fields = new HashMap<>(connection.getHeaderFields());
    // The status line is kept under it.
    fields.remove(null);
    return HttpHeaders.of(fields, (_, _) -> true);
  }
}
