package dev.tarn.server.membership.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import dev.tarn.server.membership.kubernetes.Slice.Condition;
import java.io.IOException;
import java.util.HashMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SliceReaderTest {

  @Test
  void whatIsUsedIsTaken() {
    Slice slice =
        read(
            """
            {"metadata": {"name": "tarn-1", "resourceVersion": "7"}, "addressType": "IPv6",
             "ports": [{"name": "metrics", "port": 1}, {"name": "peer", "port": 6051}],
             "endpoints": [{"addresses": ["fd00::1"], "nodeName": "a", "zone": "z",
                            "hostname": "unused", "targetRef": {"kind": "Pod"}}]}
            """);

    assertThat(slice.name()).isEqualTo("tarn-1");
    assertThat(slice.resourceVersion()).isEqualTo("7");
    assertThat(slice.family()).isEqualTo(Slice.Family.IPV6);
    assertThat(slice.port()).isEqualTo(6051);
    assertThat(slice.endpoints())
        .containsExactly(new Slice.Endpoint("a", "z", "fd00::1", Condition.SERVING));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{}|SERVING",
        "{\"ready\": true}|SERVING",
        "{\"ready\": false}|NOT_SERVING",
        "{\"ready\": true, \"serving\": false}|NOT_SERVING",
        "{\"ready\": false, \"serving\": true}|SERVING",
        "{\"ready\": false, \"serving\": true, \"terminating\": true}|TERMINATING",
        "{\"ready\": false, \"serving\": false, \"terminating\": true}|TERMINATING",
        "{\"ready\": true, \"serving\": true, \"terminating\": false}|SERVING",
      })
  void conditionsMeanWhatTheApiSays(String conditions, Condition expected) {
    Slice slice =
        read(withEndpoint("{\"addresses\": [\"10.0.0.1\"], \"conditions\": " + conditions + "}"));
    assertThat(slice.endpoints().getFirst().condition()).isEqualTo(expected);
  }

  @Test
  void anEndpointWithoutANodeIsCalledByItsAddress() {
    Slice slice = read(withEndpoint("{\"addresses\": [\"10.0.0.1\"]}"));
    assertThat(slice.endpoints())
        .containsExactly(new Slice.Endpoint("10.0.0.1", "", "10.0.0.1", Condition.SERVING));
    assertThat(slice.port()).isZero();
  }

  @Test
  void whatHasNoAddressOrOnlyAHostNameIsLeftOut() {
    assertThat(read(withEndpoint("{\"nodeName\": \"a\"}")).endpoints()).isEmpty();
    assertThat(read(withEndpoint("{\"addresses\": []}")).endpoints()).isEmpty();
    assertThat(
            read("""
                    {"metadata": {"name": "s"}, "addressType": "FQDN",
                     "endpoints": [{"addresses": ["a.example"]}]}
                    """)
                .endpoints())
        .isEmpty();
    assertThat(read("{\"metadata\": {\"name\": \"s\"}, \"addressType\": \"IPv4\"}").endpoints())
        .isEmpty();
  }

  private static String withEndpoint(String endpoint) {
    return "{\"metadata\": {\"name\": \"s\", \"resourceVersion\": \"1\"}, \"addressType\": \"IPv4\","
        + " \"endpoints\": ["
        + endpoint
        + "]}";
  }

  private static Slice read(String json) {
    try (JsonParser parser = new JsonFactory().createParser(json)) {
      parser.nextToken();
      return SliceReader.read(parser, new HashMap<>()).slice();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
