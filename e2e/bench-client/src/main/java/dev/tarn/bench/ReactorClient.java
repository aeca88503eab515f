package dev.tarn.bench;

import io.netty.buffer.ByteBuf;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.ChannelOption;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;
import reactor.netty.resources.LoopResources;

/** reactor-netty on one event loop, its body published on virtual threads. */
final class ReactorClient implements Client {
  private static final int PREFETCH = 8;

  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Scheduler scheduler = Schedulers.fromExecutorService(threads);
  private final LoopResources loops = LoopResources.create("bench", 1, true);
  private final HttpClient client;

  ReactorClient(String base, Path ca) throws Exception {
    SslContext ssl =
        SslContextBuilder.forClient()
            .sslProvider(SslProvider.JDK)
            .trustManager(ca.toFile())
            .build();
    client =
        HttpClient.create(ConnectionProvider.create("bench", 64))
            .runOn(loops)
            .option(
                ChannelOption.RECVBUF_ALLOCATOR,
                new AdaptiveRecvByteBufAllocator(16 * 1024, 64 * 1024, 256 * 1024))
            .httpResponseDecoder(decoder -> decoder.maxChunkSize(256 * 1024))
            .secure(spec -> spec.sslContext(ssl))
            .baseUrl(base);
  }

  @Override
  public void fetch(String digest, Sink sink) {
    Flux<ByteBuf> body =
        client
            .get()
            .uri("/v2/bench/blobs/sha256:" + digest)
            .response((response, content) -> content.retain());
    body.publishOn(scheduler, PREFETCH)
        .doOnNext(
            bytes -> {
              try {
                sink.accept(bytes.nioBuffer());
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              } finally {
                bytes.release();
              }
            })
        .blockLast();
  }

  @Override
  public void close() {
    loops.disposeLater().block();
    scheduler.dispose();
    threads.close();
  }
}
