package dev.tarn.e2e.access;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tarn.e2e.process.Child;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * Signs tokens that docker-registry believes: JWTs by RS256 with the certificate in their head.
 * Safe for use by several threads.
 *
 * @see <a href="https://distribution.github.io/distribution/spec/auth/jwt/">the distribution's
 *     token authentication</a>
 */
final class TokenIssuer {
  static final String ISSUER = "tarn-e2e";
  private static final Duration OPENSSL_LIMIT = Duration.ofSeconds(60);
  private static final Base64.Encoder URL = Base64.getUrlEncoder().withoutPadding();

  private final Path certificate;
  private final String encodedCertificate;
  private final PrivateKey key;
  private final ObjectMapper json = new ObjectMapper();

  private TokenIssuer(Path certificate, String encodedCertificate, PrivateKey key) {
    this.certificate = certificate;
    this.encodedCertificate = encodedCertificate;
    this.key = key;
  }

  /** One with a new key, whose files are in the directory. */
  static TokenIssuer create(Path directory) throws IOException, GeneralSecurityException {
    Path certificate = directory.resolve("token.pem");
    Path keyFile = directory.resolve("token.key");
    Child.run(
            "openssl",
            directory,
            Map.of(),
            List.of(
                "openssl",
                "req",
                "-x509",
                "-newkey",
                "rsa:2048",
                "-nodes",
                "-subj",
                "/CN=" + ISSUER,
                "-days",
                "2",
                "-keyout",
                keyFile.toString(),
                "-out",
                certificate.toString()),
            OPENSSL_LIMIT)
        .orFail();
    PrivateKey key =
        KeyFactory.getInstance("RSA")
            .generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(content(keyFile))));
    return new TokenIssuer(certificate, content(certificate), key);
  }

  /** What a PEM file holds, still in Base64. */
  private static String content(Path pem) throws IOException {
    return Files.readString(pem, StandardCharsets.US_ASCII)
        .replaceAll("-----[A-Z ]+-----", "")
        .replaceAll("\\s", "");
  }

  /** What docker-registry has to trust. */
  Path certificate() {
    return certificate;
  }

  /**
   * A token.
   *
   * @param audience the registry's service
   * @param repositories those in which its bearer may read
   */
  String sign(String subject, String audience, List<String> repositories, Instant expires) {
    Map<String, Object> head = new LinkedHashMap<>();
    head.put("typ", "JWT");
    head.put("alg", "RS256");
    head.put("x5c", List.of(encodedCertificate));
    Map<String, Object> claims = new LinkedHashMap<>();
    long now = Instant.now().getEpochSecond();
    claims.put("iss", ISSUER);
    claims.put("sub", subject);
    claims.put("aud", audience);
    claims.put("exp", expires.getEpochSecond());
    claims.put("nbf", now - 60);
    claims.put("iat", now);
    claims.put("jti", UUID.randomUUID().toString());
    claims.put(
        "access",
        repositories.stream()
            .map(name -> Map.of("type", "repository", "name", name, "actions", List.of("pull")))
            .toList());
    try {
      String text = URL.encodeToString(json.writeValueAsBytes(head));
      text += "." + URL.encodeToString(json.writeValueAsBytes(claims));
      Signature signature = Signature.getInstance("SHA256withRSA");
      signature.initSign(key);
      signature.update(text.getBytes(StandardCharsets.US_ASCII));
      return text + "." + URL.encodeToString(signature.sign());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform signs by RSA", e);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("strings and numbers are JSON", e);
    }
  }
}
