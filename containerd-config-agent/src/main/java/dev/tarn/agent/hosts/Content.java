package dev.tarn.agent.hosts;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;

/**
 * A file's bytes as text that gives exactly these bytes again: UTF-8, or, where they are not, one
 * character for each byte, of which only our own lines are understood.
 */
record Content(String text, Charset charset) {
  static Content of(byte[] bytes) {
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      return new Content(text, StandardCharsets.UTF_8);
    } catch (CharacterCodingException e) {
      return new Content(
          new String(bytes, StandardCharsets.ISO_8859_1), StandardCharsets.ISO_8859_1);
    }
  }

  Content with(String other) {
    return new Content(other, charset);
  }

  byte[] bytes() {
    return text.getBytes(charset);
  }

  Document.Reading parse() {
    return charset == StandardCharsets.UTF_8
        ? Document.parse(text)
        : new Document.Unreadable("it is not UTF-8");
  }
}
