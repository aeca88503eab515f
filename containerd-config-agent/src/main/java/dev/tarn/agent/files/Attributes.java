package dev.tarn.agent.files;

/**
 * What is at a path.
 *
 * @param mode the permissions, without the file's kind
 * @param owner a user's number
 * @param group a group's number
 */
public record Attributes(Kind kind, int mode, int owner, int group) {
  /** What kind of thing it is. */
  public enum Kind {
    FILE,
    DIRECTORY,
    LINK,
    OTHER
  }

  public boolean isDirectory() {
    return kind == Kind.DIRECTORY;
  }

  public boolean isFile() {
    return kind == Kind.FILE;
  }
}
