package dev.tarn.server.testing;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.Random;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The agent's side of the protocol, written down a second time, from the decision and not from the
 * server; a test may have it say anything.
 */
public final class ScriptedAgent {
  private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();

  private final Random random = new Random(42);
  private final byte[] secret = bytes();

  /** Writes the secret where the two share it. */
  public ScriptedAgent writesSecret(Path directory) throws IOException {
    Path beside = Files.writeString(directory.resolve("secret.new"), BASE64.encodeToString(secret));
    Files.move(
        beside,
        directory.resolve("secret"),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
    return this;
  }

  public String challenge() {
    return BASE64.encodeToString(bytes());
  }

  private byte[] bytes() {
    byte[] bytes = new byte[32];
    random.nextBytes(bytes);
    return bytes;
  }

  /** What {@code role}, which is {@code agent} or {@code node}, proves itself by. */
  public String proof(String role, String address, String challenge, String body) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(secret, "HmacSHA256"));
      String said = role + "\n" + address + "\n" + challenge + "\n" + body;
      return BASE64.encodeToString(mac.doFinal(said.getBytes(StandardCharsets.UTF_8)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The head of a report, with the blank line. */
  public static String head(String challenge, String proof, int length) {
    return "POST /tarn/v1/agent?challenge="
        + challenge
        + " HTTP/1.1\r\nHost: tarn\r\nContent-Type: text/plain\r\nTarn-Proof: "
        + proof
        + "\r\nContent-Length: "
        + length
        + "\r\n\r\n";
  }

  /** Reports to a node at 127.0.0.1, and answers what it says; a wrong proof of it is an error. */
  public RawClient.Response reports(InetSocketAddress node, String body) throws IOException {
    String address = "127.0.0.1:" + node.getPort();
    String challenge = challenge();
    String request =
        head(challenge, proof("agent", address, challenge, body), body.length()) + body;
    RawClient.Response response =
        RawClient.exchange(
            new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), node.getPort()),
            request,
            false);
    if (response.status() == 200
        && !response
            .header("Tarn-Proof")
            .equals(proof("node", address, challenge, response.text()))) {
      throw new IllegalStateException("not the node: " + response.text());
    }
    return response;
  }
}
