package dev.tarn.server.upstream;

import dev.tarn.server.net.Transport;
import java.util.List;

/**
 * What all registries of this process share: connections, look-ups, proxies. Closing it closes
 * every connection; the event loops stay.
 */
public final class UpstreamClient implements AutoCloseable {
  private final UpstreamSettings settings;
  private final UpstreamListener listener;
  private final Seams seams;
  private final BoundedResolver resolver;
  private final ConnectionPool pool;
  private final Requester requester;

  /**
   * A client that runs on {@code transport}.
   *
   * @throws IllegalArgumentException where a proxy variable of the environment makes no sense
   */
  public UpstreamClient(
      Transport transport, UpstreamSettings settings, UpstreamListener listener, Seams seams) {
    this(transport, settings, listener, seams, ConnectionPool.Limits.DEFAULT);
  }

  UpstreamClient(
      Transport transport,
      UpstreamSettings settings,
      UpstreamListener listener,
      Seams seams,
      ConnectionPool.Limits limits) {
    ProxyRules proxies = ProxyRules.from(seams.environment());
    this.settings = settings;
    this.listener = listener;
    this.seams = seams;
    this.resolver = new BoundedResolver(seams.resolver());
    this.pool = new ConnectionPool(limits);
    Dialer dialer =
        new Dialer(transport, settings.connectTimeout(), settings.authorities(), resolver, proxies);
    AddressGuard guard = new AddressGuard(settings.allowedTargets());
    this.requester = new Requester(pool, dialer, guard, settings.userAgent());
  }

  /**
   * A registry.
   *
   * @param origins in the order in which they are asked; at least one
   * @param own what Tarn itself may do there
   * @param access hears who is let in
   */
  public RegistryUpstream registry(List<Origin> origins, OwnAccess own, AccessListener access) {
    return new RegistryUpstream(
        origins,
        origin ->
            new OriginClient(origin, own, requester.within(origin), settings, listener, seams),
        own.shared(),
        access);
  }

  ConnectionPool pool() {
    return pool;
  }

  @Override
  public void close() {
    pool.close();
    resolver.close();
  }
}
