package dev.tarn.server.upstream;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;

/**
 * What kind of place an address is, as far as it matters to whom a redirect may lead. An IPv6
 * address that carries an IPv4 one is judged by that.
 *
 * @see <a href="https://www.iana.org/assignments/iana-ipv4-special-registry">IANA special-purpose
 *     address registries</a>
 */
enum AddressClass {
  PUBLIC,
  PRIVATE,
  LOOPBACK,
  /** Cloud metadata lives here. */
  LINK_LOCAL,
  /** Unspecified, multicast, broadcast, reserved: nothing that answers for a registry. */
  RESERVED;

  private record Block(Cidr cidr, AddressClass kind) {
    Block(String cidr, AddressClass kind) {
      this(Cidr.parse(cidr).orElseThrow(), kind);
    }
  }

  /** First match wins. */
  private static final List<Block> BLOCKS =
      List.of(
          new Block("0.0.0.0/8", RESERVED),
          new Block("10.0.0.0/8", PRIVATE),
          new Block("100.64.0.0/10", PRIVATE),
          new Block("127.0.0.0/8", LOOPBACK),
          new Block("169.254.0.0/16", LINK_LOCAL),
          new Block("172.16.0.0/12", PRIVATE),
          new Block("192.0.0.0/24", PRIVATE),
          new Block("192.168.0.0/16", PRIVATE),
          new Block("198.18.0.0/15", PRIVATE),
          new Block("224.0.0.0/4", RESERVED),
          new Block("240.0.0.0/4", RESERVED),
          new Block("::1/128", LOOPBACK),
          new Block("64:ff9b:1::/48", PRIVATE),
          new Block("fc00::/7", PRIVATE),
          new Block("fe80::/10", LINK_LOCAL),
          new Block("fec0::/10", PRIVATE),
          new Block("2000::/3", PUBLIC),
          new Block("::/0", RESERVED));

  /** A block of IPv6 whose addresses carry an IPv4 address, and where in them. */
  private record Carrier(Cidr cidr, int offset, int flip) {
    Carrier(String cidr, int offset, int flip) {
      this(Cidr.parse(cidr).orElseThrow(), offset, flip);
    }
  }

  private static final List<Carrier> CARRIERS =
      List.of(
          new Carrier("64:ff9b::/96", 12, 0),
          new Carrier("2002::/16", 2, 0),
          new Carrier("2001::/32", 12, 0xff));

  static AddressClass of(InetAddress address) {
    InetAddress judged = address instanceof Inet6Address ? carried(address) : address;
    for (Block block : BLOCKS) {
      if (block.cidr().contains(judged)) {
        return block.kind();
      }
    }
    return PUBLIC;
  }

  /** The IPv4 address that an IPv6 one is a wrapping of, else the address itself. */
  private static InetAddress carried(InetAddress address) {
    for (Carrier carrier : CARRIERS) {
      if (carrier.cidr().contains(address)) {
        byte[] inner =
            Arrays.copyOfRange(address.getAddress(), carrier.offset(), carrier.offset() + 4);
        for (int i = 0; i < inner.length; i++) {
          inner[i] ^= (byte) carrier.flip();
        }
        return Cidr.address(inner);
      }
    }
    return address;
  }
}
