package dev.tarn.server.upstream;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

/** Looks host names up. Blocks, possibly for long; callers bound their wait. */
@FunctionalInterface
public interface Resolver {
  /** The system's: hosts file and DNS as the C library does it. */
  Resolver SYSTEM = host -> List.of(InetAddress.getAllByName(host));

  List<InetAddress> resolve(String host) throws UnknownHostException;
}
