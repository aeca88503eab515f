package dev.tarn.server.upstream;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Where redirects and token realms may lead although the address is not public: host names, {@code
 * *.suffix} patterns, addresses and CIDR blocks.
 */
public final class AllowedTargets {
  public static final AllowedTargets NONE = new AllowedTargets(Set.of(), List.of(), List.of());

  private static final Pattern HOST = Pattern.compile("(?:\\*\\.)?[a-z0-9_-]+(?:\\.[a-z0-9_-]+)*");

  private final Set<String> hosts;
  private final List<String> suffixes;
  private final List<Cidr> blocks;

  private AllowedTargets(Set<String> hosts, List<String> suffixes, List<Cidr> blocks) {
    this.hosts = Set.copyOf(hosts);
    this.suffixes = List.copyOf(suffixes);
    this.blocks = List.copyOf(blocks);
  }

  /**
   * The targets that configuration lists.
   *
   * @throws IllegalArgumentException with the entry that is neither a host, a {@code *.suffix}, an
   *     address nor a CIDR block
   */
  public static AllowedTargets parse(List<String> entries) {
    Set<String> hosts = new HashSet<>();
    List<String> suffixes = new ArrayList<>();
    List<Cidr> blocks = new ArrayList<>();
    for (String entry : entries) {
      String text = entry.strip().toLowerCase(Locale.ROOT);
      Cidr.parse(text)
          .ifPresentOrElse(
              blocks::add,
              () -> {
                if (!HOST.matcher(text).matches()) {
                  throw new IllegalArgumentException(
                      "neither a host, *.suffix, address nor CIDR block: " + entry);
                } else if (text.startsWith("*.")) {
                  suffixes.add(text.substring(1));
                } else {
                  hosts.add(text);
                }
              });
    }
    return new AllowedTargets(hosts, suffixes, blocks);
  }

  boolean contain(String host) {
    return hosts.contains(host) || suffixes.stream().anyMatch(host::endsWith);
  }

  boolean contain(InetAddress address) {
    return blocks.stream().anyMatch(block -> block.contains(address));
  }
}
