package dev.tarn.agent.cri;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * A frame of HTTP/2.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9113#section-4.1">RFC 9113, 4.1</a>
 */
@SuppressWarnings("ArrayRecordComponent") // never compared, and gone with the call
record Frame(int type, int flags, int stream, byte[] payload) {
  static final int DATA = 0;
  static final int HEADERS = 1;
  static final int RST_STREAM = 3;
  static final int SETTINGS = 4;
  static final int PING = 6;
  static final int GOAWAY = 7;
  static final int CONTINUATION = 9;

  static final int ACK = 1;
  static final int END_STREAM = 1;
  static final int END_HEADERS = 4;
  static final int PADDED = 8;
  static final int PRIORITY = 0x20;

  static final int HEAD_BYTES = 9;

  /** What a receiver must take that has announced nothing else. */
  static final int MAX_PAYLOAD_BYTES = 16 * 1024;

  boolean has(int flag) {
    return (flags & flag) != 0;
  }

  ByteBuffer encoded() {
    ByteBuffer out = ByteBuffer.allocate(HEAD_BYTES + payload.length);
    out.put((byte) (payload.length >>> 16)).putShort((short) payload.length);
    return out.put((byte) type).put((byte) flags).putInt(stream).put(payload).flip();
  }

  /** The payload without padding and priority; empty where these do not fit. */
  byte[] content() {
    int from = 0;
    int until = payload.length;
    if ((type == DATA || type == HEADERS) && has(PADDED)) {
      from = 1;
      until -= payload.length == 0 ? 0 : payload[0] & 0xff;
    }
    if (type == HEADERS && has(PRIORITY)) {
      from += 5;
    }
    if (from > until) {
      return new byte[0];
    }
    return Arrays.copyOfRange(payload, from, until);
  }
}
