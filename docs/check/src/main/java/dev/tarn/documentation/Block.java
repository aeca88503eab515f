package dev.tarn.documentation;

/**
 * A fenced block of a page.
 *
 * @param page the page's path in the repository
 * @param line of its first line, from 1
 * @param kind what stands behind the opening fence; empty where nothing does
 */
public record Block(String page, int line, String kind, String text) {
  /** Where it is, for people. */
  public String where() {
    return page + ":" + line;
  }
}
