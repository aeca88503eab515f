package dev.tarn.server.mirror;

import com.fasterxml.jackson.core.io.JsonStringEncoder;

/**
 * An error as the distribution specification has it: a code from its table, and a message.
 *
 * @see <a
 *     href="https://github.com/opencontainers/distribution-spec/blob/v1.1.0/spec.md#error-codes">
 *     OCI distribution specification, Error Codes</a>
 */
public record OciError(Code code, String message) {

  /** The codes that Tarn itself answers with. */
  public enum Code {
    BLOB_UNKNOWN,
    DIGEST_INVALID,
    MANIFEST_UNKNOWN,
    NAME_INVALID,
    NAME_UNKNOWN,
    TOOMANYREQUESTS,
    UNSUPPORTED,
    UNAVAILABLE
  }

  /** The body, with media type {@code application/json}. */
  public String toJson() {
    return "{\"errors\":[{\"code\":\""
        + code
        + "\",\"message\":\""
        + String.valueOf(JsonStringEncoder.getInstance().quoteAsString(message))
        + "\"}]}\n";
  }
}
