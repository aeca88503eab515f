package dev.tarn.e2e.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tarn.e2e.check.CaseFailed;

/** The flat JSON object that a client prints last, unless a request of its went wrong. */
final class Report {
  private Report() {}

  /** Fails the case where there is no such object, or one that counts errors. */
  static JsonNode of(String client, String printed) {
    JsonNode json;
    try {
      json = new ObjectMapper().readTree(printed.substring(Math.max(0, printed.lastIndexOf('{'))));
    } catch (JsonProcessingException e) {
      throw new CaseFailed(client + " printed " + printed.strip());
    }
    if (!json.isObject()) {
      throw new CaseFailed(client + " printed " + printed.strip());
    }
    if (json.required("errors").asLong() > 0) {
      throw new CaseFailed("not every request was answered well: " + printed.strip());
    }
    return json;
  }
}
