package dev.tarn.agent.hosts;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.tarn.core.name.RegistryHost;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** Whatever stands in a hosts.toml: our part goes in and comes out again, and nothing else moves. */
class HostsTomlFuzz {
  private static final Entry ENTRY =
      new Entry(
          new Target.OfRegistry(RegistryHost.DOCKER_HUB), "http://127.0.0.1:5050", List.of());

  @FuzzTest
  void hostsToml(byte[] input) {
    Taken.Rest rest;
    switch (HostsToml.take(input, ENTRY, Optional.empty())) {
      case Taken.Stuck stuck -> {
        assertThat(stuck.why()).isNotBlank();
        return;
      }
      case Taken.Rest found -> rest = found;
    }
    if (!rest.ours()) {
      assertThat(rest.bytes()).isEqualTo(input);
    }
    HostsToml.chain(rest.bytes(), ENTRY, HostsTomlFuzz::read);
    HostsToml.hasHosts(rest.bytes());
    HostsToml.namesSomebody(rest.bytes());
    Origin origin = Origin.of(rest.bytes(), true, Made.NOTHING);
    if (HostsToml.put(rest.bytes(), ENTRY, origin) instanceof Put.Written(byte[] written)) {
      expectTakenOut(rest.bytes(), written);
    }
  }

  private static void expectTakenOut(byte[] before, byte[] written) {
    assertThat(HostsToml.take(written, ENTRY, Optional.empty()))
        .isInstanceOfSatisfying(
            Taken.Rest.class,
            taken -> {
              assertThat(taken.ours()).isTrue();
              assertThat(taken.bytes()).isEqualTo(before);
              assertThat(
                      HostsToml.put(
                          taken.bytes(), ENTRY, HostsToml.origin(taken, Origin.of(before, false, Made.NOTHING))))
                  .isInstanceOfSatisfying(
                      Put.Written.class, again -> assertThat(again.bytes()).isEqualTo(written));
            });
    String text = Content.of(written).text();
    Document read = Document.of(text).orElseThrow();
    assertThat(read.hostsByHeader()).first().isEqualTo(ENTRY.mirror());
  }

  private static byte[] read(String name) throws IOException {
    throw new IOException("not here");
  }
}
