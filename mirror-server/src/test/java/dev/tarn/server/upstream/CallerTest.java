package dev.tarn.server.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.junit.jupiter.api.Test;

/** What tells those apart on whose behalf upstream is asked. */
class CallerTest {
  @Test
  void callersAreEqualByWhatTheyMaySee() {
    assertThat(Caller.withAuthorization("a")).isEqualTo(Caller.withAuthorization("a"));
    assertThat(Caller.withAuthorization("a")).isNotEqualTo(Caller.withAuthorization("b"));
    assertThat(Caller.node()).isEqualTo(Caller.node()).isNotEqualTo(Caller.anonymous());
    assertThat(Caller.anonymous()).isNotEqualTo(Caller.withAuthorization("a"));
    assertThat(Caller.node().isAnonymous()).isFalse();
    assertThat(Caller.node().authorization()).isEmpty();
  }

  @Test
  void callersAreToldApartByWhatTellsNothingOfTheirCredentials() {
    String secret =
        Base64.getEncoder().encodeToString("user:pass".getBytes(StandardCharsets.UTF_8));
    Caller other = Caller.withAuthorization("Bearer a");
    Caller caller = Caller.withAuthorization("Basic " + secret);

    assertThat(caller.key())
        .isEqualTo(Caller.withAuthorization("Basic " + secret).key())
        .isNotEqualTo(other.key())
        .doesNotContain(secret);
    assertThat(other.key()).isNotEqualTo(Caller.withAuthorization("Bearer b").key());
    assertThat(Caller.node().key()).isNotEqualTo(Caller.anonymous().key());
  }
}
