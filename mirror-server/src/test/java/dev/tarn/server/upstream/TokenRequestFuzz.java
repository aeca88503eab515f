package dev.tarn.server.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Whatever a client asks a realm with: the first line is a query, the second an {@code
 * Authorization}, the third a form. What is taken for a secret is what goes out.
 */
class TokenRequestFuzz {

  @FuzzTest
  void request(byte[] input) {
    String[] lines = new String(input, StandardCharsets.ISO_8859_1).split("\n", 3);
    String authorization = lines.length > 1 ? lines[1] : null;
    TokenRequest.get(lines[0], authorization).ifPresent(request -> checkGet(request, lines[0]));
    if (lines.length > 2) {
      TokenRequest.post(lines[2]).ifPresent(request -> checkForm(request, lines[2]));
    }
  }

  private static void checkGet(TokenRequest request, String query) {
    assertThat(request.query()).isEqualTo(query).matches("[!-~]*");
    assertThat(request.isForm()).isFalse();
    Optional<TokenRequest> again = TokenRequest.get(query, request.authorization());
    if (request.carriesCredential()) {
      assertThat(request.authorization()).matches("Basic [A-Za-z0-9+/]*=*");
      assertThat(again.flatMap(TokenRequest::secret)).isEqualTo(request.secret());
    } else {
      assertThat(request.secret()).isEmpty();
    }
    check(request);
  }

  private static void checkForm(TokenRequest request, String form) {
    assertThat(request.form()).isEqualTo(form).matches("[!-~]+");
    assertThat(request.isForm()).isTrue();
    assertThat(request.authorization()).isEmpty();
    check(request);
  }

  private static void check(TokenRequest request) {
    request
        .secret()
        .ifPresent(
            secret -> {
              assertThat(secret.name()).doesNotContain(":").isNotEqualTo("<token>");
              assertThat(secret.password()).isNotEmpty();
            });
  }
}
