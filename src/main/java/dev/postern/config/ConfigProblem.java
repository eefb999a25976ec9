package dev.postern.config;

/**
 * One thing that is wrong with the file.
 *
 * @param line counted from 1; 0 when it concerns the file as a whole
 * @param key where, as {@code sites[0].upstream}; empty at the top
 * @param reason what is wrong and, where we know, what to write instead
 */
public record ConfigProblem(int line, String key, String reason) {
  /** One line for people, to be put behind the file's name. */
  public String text() {
    return (line == 0 ? "" : "line " + line + ": ") + (key.isEmpty() ? "" : key + ": ") + reason;
  }
}
