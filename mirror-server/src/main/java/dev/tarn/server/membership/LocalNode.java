package dev.tarn.server.membership;

import dev.tarn.core.placement.Member;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Tells which member this node is: the one with its name, else the one with an address of this
 * machine and the port that this node listens on. Immutable.
 *
 * @param name this node's name
 * @param zone its zone as configured, empty where its source tells it
 * @param port that its peer endpoint listens on
 * @param addresses of this machine, as text
 */
public record LocalNode(String name, String zone, int port, Set<String> addresses) {
  public LocalNode {
    addresses = Set.copyOf(addresses);
  }

  /** The addresses of this machine's interfaces; none where they cannot be told. */
  public static Set<String> machineAddresses() {
    try {
      return NetworkInterface.networkInterfaces()
          .flatMap(NetworkInterface::inetAddresses)
          .map(HostPort::text)
          .collect(Collectors.toUnmodifiableSet());
    } catch (SocketException _) {
      return Set.of();
    }
  }

  /** The name under which this node is one of {@code members}; its own where it is none of them. */
  String nameAmong(List<Member> members) {
    Predicate<Member> here =
        member ->
            HostPort.portOf(member.address()) == port
                && addresses.contains(HostPort.canonical(HostPort.hostOf(member.address())));
    boolean named = members.stream().anyMatch(member -> member.name().equals(name));
    return named ? name : members.stream().filter(here).map(Member::name).findFirst().orElse(name);
  }
}
