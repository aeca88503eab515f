package dev.tarn.server.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which addresses a registry may lead to. */
class AddressGuardTest {
  private static final Site SITE = new Site(true, "cdn.example.com", 443);
  private static final AddressGuard STRICT = new AddressGuard(AllowedTargets.NONE);

  private static InetAddress ip(String literal) {
    return InetAddress.ofLiteral(literal);
  }

  @ParameterizedTest
  @CsvSource({
    "8.8.8.8, PUBLIC",
    "172.15.255.255, PUBLIC",
    "172.32.0.0, PUBLIC",
    "100.63.255.255, PUBLIC",
    "100.128.0.0, PUBLIC",
    "2606:4700::1, PUBLIC",
    "64:ff9b::808:808, PUBLIC",
    "10.0.0.1, PRIVATE",
    "172.16.0.1, PRIVATE",
    "172.31.255.255, PRIVATE",
    "192.168.1.1, PRIVATE",
    "100.64.0.1, PRIVATE",
    "198.19.0.1, PRIVATE",
    "192.0.0.8, PRIVATE",
    "fd00::1, PRIVATE",
    "fc00::1, PRIVATE",
    "fec0::1, PRIVATE",
    "64:ff9b:1::1, PRIVATE",
    "::ffff:10.0.0.1, PRIVATE",
    "2002:a00:1::1, PRIVATE",
    "64:ff9b::a00:1, PRIVATE",
    "127.0.0.1, LOOPBACK",
    "127.255.255.255, LOOPBACK",
    "::1, LOOPBACK",
    "::ffff:127.0.0.1, LOOPBACK",
    "64:ff9b::7f00:1, LOOPBACK",
    "2002:7f00:1::, LOOPBACK",
    "2001:0:1:2:3:4:80ff:fffe, LOOPBACK",
    "169.254.169.254, LINK_LOCAL",
    "fe80::1, LINK_LOCAL",
    "febf::1, LINK_LOCAL",
    "::ffff:169.254.169.254, LINK_LOCAL",
    "64:ff9b::a9fe:a9fe, LINK_LOCAL",
    "0.0.0.0, RESERVED",
    "0.1.2.3, RESERVED",
    "::, RESERVED",
    "::10.0.0.1, RESERVED",
    "224.0.0.1, RESERVED",
    "255.255.255.255, RESERVED",
    "240.0.0.1, RESERVED",
    "ff02::1, RESERVED",
  })
  void everyAddressHasItsClass(String address, AddressClass expected) {
    assertThat(AddressClass.of(ip(address))).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "8.8.8.8, 9.9.9.9, true",
    "8.8.8.8, 10.0.0.1, false",
    "8.8.8.8, 127.0.0.1, false",
    "8.8.8.8, 169.254.169.254, false",
    "8.8.8.8, ::ffff:169.254.169.254, false",
    "8.8.8.8, 0.0.0.0, false",
    "10.0.0.1, 9.9.9.9, true",
    "10.0.0.1, 192.168.0.1, true",
    "10.0.0.1, 127.0.0.1, false",
    "10.0.0.1, 169.254.169.254, false",
    "127.0.0.1, 127.0.0.2, true",
    "127.0.0.1, ::1, true",
    "127.0.0.1, 10.0.0.1, true",
    "127.0.0.1, 169.254.169.254, false",
    "127.0.0.1, 0.0.0.0, false",
    "169.254.1.1, 169.254.1.2, true",
    "169.254.1.1, 127.0.0.1, false",
  })
  void whereARegistryIsSaysWhereItMayLead(String registry, String target, boolean permitted) {
    assertThat(STRICT.forNamed(SITE, ip(registry)).permits(ip(target))).isEqualTo(permitted);
  }

  @Test
  void aRegistryThatAProxyReachedMayLeadToPublicAddressesAlone() {
    assertThat(STRICT.forNamed(SITE, null).permits(ip("8.8.8.8"))).isTrue();
    assertThat(STRICT.forNamed(SITE, null).permits(ip("10.0.0.1"))).isFalse();
  }

  @Test
  void whatIsListedIsAllowedAndNothingElse() {
    AddressGuard guard =
        new AddressGuard(
            AllowedTargets.parse(
                List.of("minio.internal", "*.s3.local", "10.1.0.0/16", "fd00::5", "127.0.0.7")));

    assertThat(permits(guard, "minio.internal", "169.254.169.254")).isTrue();
    assertThat(permits(guard, "a.b.s3.local", "192.168.0.1")).isTrue();
    assertThat(permits(guard, "s3.local", "192.168.0.1")).isFalse();
    assertThat(permits(guard, "xs3.local", "192.168.0.1")).isFalse();
    assertThat(permits(guard, "other", "10.1.255.1")).isTrue();
    assertThat(permits(guard, "other", "10.2.0.1")).isFalse();
    assertThat(permits(guard, "other", "fd00::5")).isTrue();
    assertThat(permits(guard, "other", "fd00::6")).isFalse();
    assertThat(permits(guard, "other", "127.0.0.7")).isTrue();
    assertThat(permits(guard, "other", "127.0.0.1")).isFalse();
  }

  private static boolean permits(AddressGuard guard, String host, String address) {
    return guard.forNamed(new Site(true, host, 443), ip("8.8.8.8")).permits(ip(address));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "10.0.0.0/33", "10.0.0.0/", "http://x", "a b", "::1/129", "*", "a/8"})
  void anEntryThatIsNoTargetIsRefusedWithItsText(String entry) {
    assertThatThrownBy(() -> AllowedTargets.parse(List.of(entry)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(entry);
  }

  @ParameterizedTest
  @CsvSource({
    "10.0.0.0/9, 10.127.255.255, true",
    "10.0.0.0/9, 10.128.0.0, false",
    "10.0.0.0/0, 200.1.1.1, true",
    "10.0.0.1, 10.0.0.1, true",
    "10.0.0.1, 10.0.0.2, false",
    "fe80::/10, febf::1, true",
    "fe80::/10, fec0::1, false",
    "10.0.0.0/8, fe80::1, false",
  })
  void aBlockContainsItsAddresses(String block, String address, boolean contained) {
    assertThat(Cidr.parse(block).orElseThrow().contains(ip(address))).isEqualTo(contained);
  }
}
