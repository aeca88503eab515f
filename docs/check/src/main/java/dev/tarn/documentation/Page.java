package dev.tarn.documentation;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One page of Markdown, read once.
 *
 * @param path in the repository, with slashes
 * @param blocks what is fenced
 * @param prose all else: lines of blocks are empty in it, so that lines count as in the file
 */
public record Page(String path, List<Block> blocks, String prose) {
  private static final String FENCE = "```";
  private static final Pattern HEADING = Pattern.compile("(?m)^#{1,6} +(.+?) *$");
  private static final Pattern SPAN = Pattern.compile("(?s)(?<!`)`([^`]+)`(?!`)");
  private static final Pattern LINK = Pattern.compile("\\[[^\\]\\[]*]\\(([^()\\s]+)\\)");
  private static final Pattern INDENTED = Pattern.compile("(?m)(?<=\n\n) {4}(?=\\S)");
  private static final Pattern LINK_TEXT = Pattern.compile("\\[([^\\]]*)]\\([^)]*\\)");

  /** What is at a place of a page: the target of a link, or code between backticks. */
  public record Found(String page, int line, String text) {
    /** Where it is, for people. */
    public String where() {
      return page + ":" + line;
    }
  }

  /** Reads {@code text}; fences have three backticks, and no block is within another. */
  public static Page of(String path, String text) {
    List<Block> blocks = new ArrayList<>();
    StringBuilder prose = new StringBuilder();
    StringBuilder block = new StringBuilder();
    String kind = "";
    int began = 0;
    int line = 0;
    for (String content : text.lines().toList()) {
      line++;
      if (!content.strip().startsWith(FENCE)) {
        (began > 0 ? block : prose).append(content);
      } else if (began > 0) {
        blocks.add(new Block(path, began + 1, kind, block.toString()));
        block.setLength(0);
        began = 0;
        prose.append('\n');
        continue;
      } else {
        began = line;
        kind = content.strip().substring(FENCE.length()).strip();
        prose.append('\n');
        continue;
      }
      (began > 0 ? block : prose).append('\n');
      if (began > 0) {
        prose.append('\n');
      }
    }
    if (began > 0) {
      throw new IllegalArgumentException(path + ":" + began + ": a block that does not end");
    }
    return new Page(path, List.copyOf(blocks), prose.toString());
  }

  /** The anchors that its headings have where Markdown is read on the web. */
  public Set<String> anchors() {
    Set<String> anchors = new LinkedHashSet<>();
    Map<String, Integer> seen = new HashMap<>();
    Matcher heading = HEADING.matcher(prose);
    while (heading.find()) {
      String anchor = anchor(heading.group(1));
      int before = seen.merge(anchor, 1, Integer::sum) - 1;
      anchors.add(before == 0 ? anchor : anchor + "-" + before);
    }
    return anchors;
  }

  private static String anchor(String heading) {
    return LINK_TEXT
        .matcher(heading)
        .replaceAll("$1")
        .toLowerCase(Locale.ROOT)
        .replaceAll("[^\\p{L}\\p{N} _-]", "")
        .replace(' ', '-');
  }

  /** The targets of its links, images too. */
  public List<Found> links() {
    return found(LINK);
  }

  /** What stands between single backticks outside blocks. */
  public List<Found> spans() {
    return found(SPAN);
  }

  /** Blocks by indentation, which have no kind. */
  public List<Found> indentedBlocks() {
    return found(INDENTED);
  }

  private List<Found> found(Pattern pattern) {
    List<Found> found = new ArrayList<>();
    Matcher matcher = pattern.matcher(prose);
    while (matcher.find()) {
      int line =
          1 + (int) prose.substring(0, matcher.start()).chars().filter(c -> c == '\n').count();
      String text = matcher.groupCount() > 0 ? matcher.group(1) : matcher.group();
      found.add(new Found(path, line, text.replace('\n', ' ')));
    }
    return found;
  }
}
