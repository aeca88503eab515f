package dev.tarn.server.registry;

import dev.tarn.core.name.RegistryHost;
import dev.tarn.server.mirror.MirroredRegistry;
import dev.tarn.server.mirror.Registries;
import dev.tarn.server.upstream.Upstream;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** From a request's path and query to what is asked of the mirror, in both addressings. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@SuppressWarnings("NullAway.Init") // JMH sets the parameter, @Setup the rest.
public class RequestParserBenchmark {
  private static final String DIGEST =
      "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

  @Param({
    "/v2/library/alpine/manifests/3.22?ns=docker.io",
    "/v2/library/alpine/blobs/" + DIGEST + "?ns=docker.io",
    "/v2/docker.io/library/alpine/blobs/" + DIGEST
  })
  public String uri;

  private RequestParser parser;
  private HttpRequest request;

  @Setup
  public void prepare() {
    RegistryHost hub = RegistryHost.parse("docker.io").orElseThrow();
    parser =
        new RequestParser(
            new Registries(
                List.of(new MirroredRegistry(hub, unused(), repository -> Duration.ZERO))));
    request = new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, uri);
    request.headers().set(HttpHeaderNames.HOST, "127.0.0.1:5050");
    request.headers().set(HttpHeaderNames.ACCEPT, "application/vnd.oci.image.index.v1+json, */*");
  }

  /** Parsing asks upstream nothing. */
  private static Upstream unused() {
    return (Upstream)
        Proxy.newProxyInstance(
            Upstream.class.getClassLoader(),
            new Class<?>[] {Upstream.class},
            (proxy, method, arguments) -> {
              throw new AssertionError("upstream was asked: " + method.getName());
            });
  }

  @Benchmark
  public Object parse() {
    return parser.parse(request);
  }
}
