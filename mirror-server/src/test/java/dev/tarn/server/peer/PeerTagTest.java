package dev.tarn.server.peer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.core.digest.Digest;
import dev.tarn.core.name.RegistryHost;
import dev.tarn.core.name.RepositoryName;
import dev.tarn.core.name.Tag;
import dev.tarn.core.tag.TagName;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a tag names, as a peer is told by one of its homes. */
class PeerTagTest {
  private static final TagName TAG =
      new TagName(
          RegistryHost.parse("example.com").orElseThrow(),
          RepositoryName.parse("library/app").orElseThrow(),
          new Tag("1"));
  private static final Digest DIGEST = Digest.sha256(new byte[] {1});

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void anotherThreadMayAnswerLater(boolean tls) throws Exception {
    try (PeerFixture nodes = new PeerFixture(tls)) {
      CompletableFuture<Consumer<Optional<Digest>>> asked = new CompletableFuture<>();
      nodes.tags = (tag, reply) -> asked.complete(tag.equals(TAG) ? reply : said -> {});

      CompletableFuture<Optional<Digest>> answer = nodes.tag(nodes.b(), TAG);
      Consumer<Optional<Digest>> reply = NotingReceiver.get(asked);
      assertThat(answer).isNotDone();
      reply.accept(Optional.of(DIGEST));

      assertThat(NotingReceiver.get(answer)).contains(DIGEST);
      reply.accept(Optional.empty());
      nodes.tags = (tag, next) -> next.accept(Optional.empty());
      assertThat(NotingReceiver.get(nodes.tag(nodes.b(), TAG)))
          .as("the one that answered twice did not answer for this")
          .isEmpty();
      assertThat(nodes.client.opened.get()).as("the connection is good").isEqualTo(1);
    }
  }

  @Test
  void whoDoesNotAnswerKnowsNothing() throws IOException {
    try (PeerFixture nodes = new PeerFixture(false)) {
      CompletableFuture<TagName> asked = new CompletableFuture<>();
      nodes.tags = (tag, reply) -> asked.complete(tag);

      CompletableFuture<Optional<Digest>> answer = nodes.tag(nodes.b(), TAG);
      assertThat(NotingReceiver.get(asked)).isEqualTo(TAG);
      nodes.endpoint().close();

      assertThat(NotingReceiver.get(answer)).isEmpty();
    }
  }
}
