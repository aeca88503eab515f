package dev.tarn.server.logging;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RedactionTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "authorization: Bearer abcdefghijklmnopqrst|authorization: Bearer …",
        "authorization: basic dXNlcjpwYXNzd29yZA==|authorization: basic …",
        "token eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ4In0.c2ln!|token …!",
        "GET https://user:hunter2@host/v2/|GET https://…@host/v2/",
        "https://cdn/x?X-Amz-Signature=abc&X-Amz-Date=1 failed"
            + "|https://cdn/x?X-Amz-Signature=…&X-Amz-Date=… failed",
        "/v2/a/tags/list?n=10&last=b|/v2/a/tags/list?n=10&last=b",
        "https://r/token?service=quay.io&account=me|https://r/token?service=quay.io&account=…",
      })
  void secretsAreTakenOut(String text, String expected) {
    assertThat(Redaction.clean(text)).isEqualTo(expected);
  }

  @Test
  void aChallengeStaysReadable() {
    String challenge = "Bearer realm=\"https://auth.example/token\",service=\"registry.example\"";
    assertThat(Redaction.clean(challenge)).isEqualTo(challenge);
  }

  @Test
  void harmlessTextIsNotCopied() {
    String text = "blob sha256:abc of library/alpine: 3 bytes missing?";
    assertThat(Redaction.clean(text)).isSameAs(text);
  }
}
