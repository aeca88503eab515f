package dev.tarn.documentation;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;

/** One value, no key twice, nothing after it. */
final class JsonCheck implements BlockCheck {
  private static final ObjectMapper STRICT =
      new ObjectMapper()
          .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  @Override
  public List<String> problems(Block block) throws Exception {
    JsonNode value = STRICT.readTree(block.text());
    return value.isMissingNode() ? List.of("nothing in it") : List.of();
  }
}
