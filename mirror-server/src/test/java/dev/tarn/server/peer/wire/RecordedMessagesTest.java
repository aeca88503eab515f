package dev.tarn.server.peer.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tarn.core.digest.Digest;
import dev.tarn.core.name.BlobKey;
import dev.tarn.core.name.RegistryHost;
import dev.tarn.core.planner.Answer;
import dev.tarn.core.planner.Question;
import dev.tarn.server.testing.Keys;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The messages of each released format, as they were recorded, still mean what they meant; and
 * those of today's are still written as they are. What is in a file under {@code v1} never changes.
 */
class RecordedMessagesTest {
  private static final BlobKey BLOB =
      Keys.of(Digest.parse("sha256:" + "0123456789abcdef".repeat(4)).orElseThrow());
  private static final BlobKey OTHER =
      new BlobKey(RegistryHost.DOCKER_HUB, Digest.parse("sha512:" + "ab".repeat(64)).orElseThrow());

  private static Map<String, Question> questions() {
    Map<String, Question> all = new LinkedHashMap<>();
    all.put("open", new Question.Open(BLOB, true, true, false, List.of("node-3")));
    Question locate =
        new Question.Locate(
            BLOB,
            2,
            300_000_000,
            0x8001,
            List.of(new Question.Need(33, 1000), new Question.Need(40, 0)),
            List.of("node-4"),
            List.of("node-5", "node-6"),
            true,
            false,
            "");
    all.put("locate", locate);
    all.put(
        "locate-moved",
        new Question.Locate(
            BLOB, 0, 300_000_000, 0, List.of(), List.of(), List.of(), false, true, "node-7"));
    all.put("probe", new Question.Probe(BLOB, 7, true));
    all.put("probe-whole", new Question.Probe(OTHER, Question.WHOLE, false));
    all.put(
        "report",
        new Question.Report(
            BLOB,
            0,
            300_000_000,
            3,
            List.of(
                new Question.Leasehold(2, 4096, Question.LeaseState.FETCHING),
                new Question.Leasehold(3, 0, Question.LeaseState.DONE),
                new Question.Leasehold(Question.WHOLE, 0, Question.LeaseState.FAILED))));
    all.put("revoke", new Question.Revoke(BLOB));
    all.put("forwarded", new Question.Forwarded("node-9", locate));
    all.put("consult", new Question.Consult(BLOB, 4));
    all.put(
        "announce", new Question.Announce(List.of(new Question.Held(BLOB, 12)), List.of(OTHER)));
    return all;
  }

  private static Map<String, Answer> answers() {
    Map<String, Answer> all = new LinkedHashMap<>();
    all.put("complete", new Answer.Complete(42, List.of("node-1", "node-2")));
    all.put("alone", new Answer.Alone());
    all.put("crowd", new Answer.Crowd(42, List.of("node-1")));
    all.put("behind", new Answer.Behind(Question.UNKNOWN_SIZE));
    all.put("later", new Answer.Later(100));
    all.put("nobody", new Answer.Nobody());
    all.put(
        "located",
        new Answer.Located(
            List.of(
                new Answer.Place(1, Answer.PlaceKind.CANDIDATES, List.of("node-1"), "node-2"),
                new Answer.Place(2, Answer.PlaceKind.LEASED, List.of(), ""),
                new Answer.Place(3, Answer.PlaceKind.UPSTREAM, List.of(), ""),
                new Answer.Place(4, Answer.PlaceKind.NOBODY, List.of(), ""))));
    all.put("load", new Answer.Load(5, false, 123_456, false, true, false));
    all.put("heard", new Answer.Heard(List.of(3, Question.WHOLE)));
    all.put("revoked", new Answer.Revoked(Answer.RevokeKind.SPLIT, 300_000_000));
    all.put("revoked-not", new Answer.Revoked(Answer.RevokeKind.NOT_FETCHING, -1));
    all.put(
        "known",
        new Answer.Known(
            300_000_000,
            true,
            false,
            "node-7",
            List.of("node-8"),
            List.of(new Answer.ChunkKnown(17, List.of("node-1"), "node-2", 77))));
    all.put("noted", new Answer.Noted());
    return all;
  }

  private static byte[] recorded(String name) {
    String path = "/dev/tarn/server/peer/wire/v1/" + name + ".json";
    try (InputStream in =
        Objects.requireNonNull(RecordedMessagesTest.class.getResourceAsStream(path), path)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .strip()
          .getBytes(StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @TestFactory
  List<DynamicTest> questionsReadAsTheyWereMeantAndAreWrittenAsTheyWere() {
    return questions().entrySet().stream()
        .map(
            each ->
                DynamicTest.dynamicTest(
                    each.getKey(),
                    () -> {
                      byte[] text = recorded("question-" + each.getKey());
                      assertThat(Questions.read(text)).contains(each.getValue());
                      assertThat(Questions.write(each.getValue()))
                          .asString()
                          .isEqualTo(new String(text, StandardCharsets.UTF_8));
                    }))
        .toList();
  }

  @TestFactory
  List<DynamicTest> answersReadAsTheyWereMeantAndAreWrittenAsTheyWere() {
    return answers().entrySet().stream()
        .map(
            each ->
                DynamicTest.dynamicTest(
                    each.getKey(),
                    () -> {
                      byte[] text = recorded("answer-" + each.getKey());
                      assertThat(Answers.read(text)).isEqualTo(each.getValue());
                      assertThat(Answers.write(each.getValue()))
                          .asString()
                          .isEqualTo(new String(text, StandardCharsets.UTF_8));
                    }))
        .toList();
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void fieldsOfALaterVersionAreNoHarmInWhateverOrder() throws IOException {
    String later =
        """
        {"hue":{"deep":[1,{"x":2.5}]},"leased":true,"chunk":7,"also":null,"registry":"example.com","digest":"%s",
         "kind":"probe","more":[[],"",true]}"""
            .formatted(BLOB.digest());
    assertThat(Questions.read(utf8(later))).contains(new Question.Probe(BLOB, 7, true));
    assertThat(Answers.read(utf8("{\"kind\":\"alone\",\"until\":1e9}")))
        .isEqualTo(new Answer.Alone());
  }

  @Test
  void fieldsThatAnEarlierVersionDoesNotSendHaveDefaults() throws IOException {
    assertThat(
            Questions.read(
                utf8(
                    "{\"kind\":\"probe\",\"registry\":\"example.com\",\"digest\":\"%s\"}"
                        .formatted(BLOB.digest()))))
        .contains(new Question.Probe(BLOB, Question.WHOLE, false));
    assertThat(Answers.read(utf8("{\"kind\":\"crowd\"}")))
        .isEqualTo(new Answer.Crowd(Question.UNKNOWN_SIZE, List.of()));
  }

  @Test
  void kindsOfALaterVersionSayNothing() throws IOException {
    assertThat(Questions.read(utf8("{\"kind\":\"sing\"}"))).isEmpty();
    assertThat(
            Questions.read(
                utf8("{\"kind\":\"forwarded\",\"asker\":\"a\",\"question\":{\"kind\":\"x\"}}")))
        .isEmpty();
    assertThat(Answers.read(utf8("{\"kind\":\"sung\"}"))).isEqualTo(new Answer.Noted());
    assertThat(
            Answers.read(
                utf8(
                    """
                    {"kind":"located","places":[{"chunk":1,"what":"borrowed"},
                     {"chunk":2,"what":"leased"}]}""")))
        .isEqualTo(
            new Answer.Located(
                List.of(new Answer.Place(2, Answer.PlaceKind.LEASED, List.of(), ""))));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "null",
        "[]",
        "{",
        "{} {}",
        "{}",
        "{\"kind\":7}",
        "{\"kind\":\"probe\"}",
        "{\"kind\":\"probe\",\"registry\":\"r\",\"digest\":\"sha256:00\"}",
        "{\"kind\":\"probe\",\"digest\":\"D\"}",
        "{\"kind\":\"probe\",\"registry\":\"-\",\"digest\":\"D\"}",
        "{\"kind\":\"consult\",\"registry\":\"r\",\"digest\":\"D\",\"segment\":-1}",
        "{\"kind\":\"consult\",\"registry\":\"r\",\"digest\":\"D\",\"segment\":134217727}",
        "{\"kind\":\"probe\",\"registry\":\"r\",\"digest\":\"D\",\"chunk\":-2}",
        "{\"kind\":\"probe\",\"registry\":\"r\",\"digest\":\"D\",\"chunk\":2147483648}",
        "{\"kind\":\"probe\",\"registry\":\"r\",\"digest\":\"D\",\"chunk\":1.5}",
        "{\"kind\":\"probe\",\"registry\":\"r\",\"digest\":\"D\",\"chunk\":99999999999999999999999}",
        "{\"kind\":\"locate\",\"registry\":\"r\",\"digest\":\"D\",\"held\":65536}",
        "{\"kind\":\"open\",\"registry\":\"r\",\"digest\":\"D\",\"avoid\":[\"a b\"]}",
        "{\"kind\":\"open\",\"registry\":\"r\",\"digest\":\"D\",\"avoid\":[1]}",
        "{\"kind\":\"forwarded\",\"asker\":\"a\"}",
        "{\"kind\":\"forwarded\",\"asker\":\"a\",\"question\":{\"kind\":\"forwarded\"}}",
        "{\"kind\":\"x\",\"a\":[[[[[[[[[[[]]]]]]]]]]]}",
      })
  void whatNoVersionSaysIsMalformed(String text) {
    byte[] message = utf8(text.replace("\"D\"", "\"" + BLOB.digest() + "\""));
    assertThatThrownBy(() -> Questions.read(message)).isInstanceOf(MalformedMessageException.class);
  }

  @Test
  void messagesAreBounded() {
    byte[] items = utf8("{\"kind\":\"heard\",\"ceded\":[" + "1,".repeat(20_000) + "1]}");
    assertThatThrownBy(() -> Answers.read(items)).isInstanceOf(MalformedMessageException.class);
    byte[] bytes = new byte[PeerProtocol.MAX_MESSAGE_BYTES + 1];
    assertThatThrownBy(() -> Answers.read(bytes)).isInstanceOf(MalformedMessageException.class);
  }
}
