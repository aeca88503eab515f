package dev.tarn.server.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TokenRequestTest {
  private static String basic(String text) {
    return "Basic " + Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "alice:pass | alice | pass",
        "alice:with:colons | alice | with:colons",
        ":identity | '' | identity",
        "<token>:identity | '' | identity",
        "jürgen:schlüssel | jürgen | schlüssel",
      })
  void aGetShowsASecret(String text, String name, String password) {
    TokenRequest request =
        TokenRequest.get("service=s&scope=repository:a:pull", basic(text)).orElseThrow();

    assertThat(request.secret()).contains(new TokenRequest.Secret(name, password));
    assertThat(request.authorization()).isEqualTo(basic(text));
    assertThat(request.query()).isEqualTo("service=s&scope=repository:a:pull");
    assertThat(request.isForm()).isFalse();
    assertThat(request.toString() + request.secret()).doesNotContain("pass", "identity");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "grant_type=password&username=alice&password=pa%20s+s&scope=a | alice | pa s s",
        "service=s&password=x&username=a&grant_type=password | a | x",
        "grant_type=refresh_token&refresh_token=abc&access_type=offline | '' | abc",
        "grant_type=refresh_token&username=&refresh_token=abc | '' | abc",
        "grant_type=password&username=%3Ctoken%3E&password=abc | '' | abc",
      })
  void aFormShowsASecret(String form, String name, String password) {
    TokenRequest request = TokenRequest.post(form).orElseThrow();

    assertThat(request.secret()).contains(new TokenRequest.Secret(name, password));
    assertThat(request.form()).isEqualTo(form);
    assertThat(request.authorization()).isEmpty();
    assertThat(request).hasToString("a form");
  }

  @Test
  void nobodysRequestShowsNone() {
    TokenRequest request = TokenRequest.get("service=s", null).orElseThrow();

    assertThat(request.secret()).isEmpty();
    assertThat(request.carriesCredential()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"alice:", ":"})
  void whatHasNoPasswordIsNobodyWeKnow(String text) {
    Optional<TokenRequest> request = TokenRequest.get("", basic(text));

    assertThat(request.flatMap(TokenRequest::secret)).isEmpty();
    assertThat(request.map(TokenRequest::carriesCredential)).contains(true);
  }

  @Test
  void aNameWithAColonIsNotTakenForAnotherName() {
    assertThat(
            TokenRequest.post("grant_type=password&username=a%3Ab&password=c")
                .flatMap(TokenRequest::secret))
        .isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Bearer token",
        "Basic",
        "Basic !!!",
        "Basic bm9jb2xvbg==", // No colon.
        "Basic YTr/", // a: and what is not UTF-8.
        "Basic YTpi, Basic YTpj",
        "",
      })
  void anotherAuthorizationIsRefused(String authorization) {
    assertThat(TokenRequest.get("service=s", authorization)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"a b", "a#b", "a\tb", "a\r\nb", "a\\b", "ä", "a;b"})
  void aQueryThatIsNoneIsRefused(String query) {
    assertThat(TokenRequest.get(query, null)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "grant_type=password",
        "grant_type=password&username=a",
        "grant_type=password&username=a&password=",
        "grant_type=client_credentials&username=a&password=b",
        "username=a&password=b",
        "grant_type=refresh_token",
        "grant_type=password&username=a&password=b&refresh_token=c",
        "grant_type=refresh_token&refresh_token=c&username=a&password=b",
        "grant_type=password&username=a&username=c&password=b",
        "grant_type=password&username=a&user%6Eame=c&password=b",
        "grant_type=password&username=a&password=b&grant_type=password",
        "grant_type=password&username=a&password=b;password=c",
        "grant_type=password&username=a&password=%zz",
        "grant_type=password&username=a&password=%ff",
        "grant_type=password&username=a&password=b c",
        "grant_type=password&username=a&password=b\r\n",
      })
  void aFormThatTwoCouldReadDifferentlyIsRefused(String form) {
    assertThat(TokenRequest.post(form)).isEmpty();
  }
}
