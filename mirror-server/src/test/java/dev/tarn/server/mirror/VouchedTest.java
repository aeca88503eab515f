package dev.tarn.server.mirror;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.core.digest.Digest;
import dev.tarn.core.name.RegistryHost;
import dev.tarn.core.name.RepositoryName;
import dev.tarn.core.proof.Voucher;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;

class VouchedTest {
  private static final Scope SCOPE = scope("library/app");
  private static final Digest DIGEST = Digest.sha256("content");
  private static final Voucher ANYBODY = new Voucher(true, "a/b", 0);
  private static final Voucher PROVEN = new Voucher(false, "a/b", 0);

  private Instant now = Instant.EPOCH;
  private final InstantSource source = () -> now;
  private final Vouched vouched = new Vouched(source);

  @Test
  void aWordIsAboutOneObjectUnderOneRepository() {
    vouched.hear(SCOPE, DIGEST, ANYBODY);

    assertThat(vouched.find(SCOPE, DIGEST)).isEqualTo(ANYBODY);
    assertThat(vouched.find(scope("library/other"), DIGEST)).isNull();
    assertThat(vouched.find(SCOPE, Digest.sha256("other"))).isNull();
  }

  @Test
  void aWordGrowsOldAndIsForgottenAfterADay() {
    vouched.hear(SCOPE, DIGEST, new Voucher(true, "a/b", 3_600));

    now = now.plus(Duration.ofHours(22));
    assertThat(vouched.find(SCOPE, DIGEST)).isEqualTo(new Voucher(true, "a/b", 23 * 3_600));
    vouched.hear(SCOPE, DIGEST, new Voucher(true, "a/b", 24 * 3_600));
    vouched.hear(SCOPE, DIGEST, new Voucher(true, "a/b", 23 * 3_600 + 1_800));
    now = now.plus(Duration.ofHours(1));
    assertThat(vouched.find(SCOPE, DIGEST)).isNull();
  }

  @Test
  void upstreamsWordEndsIt() {
    Digest other = Digest.sha256("other");
    vouched.hear(SCOPE, DIGEST, ANYBODY);
    vouched.hear(SCOPE, other, ANYBODY);
    vouched.hear(scope("library/other"), DIGEST, ANYBODY);

    vouched.forget(SCOPE, DIGEST);
    assertThat(vouched.find(SCOPE, DIGEST)).isNull();
    assertThat(vouched.find(SCOPE, other)).isEqualTo(ANYBODY);

    vouched.forget(SCOPE);
    assertThat(vouched.find(SCOPE, other)).isNull();
    assertThat(vouched.find(scope("library/other"), DIGEST)).isEqualTo(ANYBODY);
  }

  @Test
  void whoSaysLessTakesNothingBack() {
    vouched.hear(SCOPE, DIGEST, PROVEN);
    assertThat(vouched.find(SCOPE, DIGEST)).isEqualTo(PROVEN);
    vouched.hear(SCOPE, DIGEST, ANYBODY);
    vouched.hear(SCOPE, DIGEST, PROVEN);
    assertThat(vouched.find(SCOPE, DIGEST)).isEqualTo(ANYBODY);
  }

  private static Scope scope(String repository) {
    return new Scope(
        RegistryHost.parse("registry.test").orElseThrow(),
        RepositoryName.parse(repository).orElseThrow());
  }
}
