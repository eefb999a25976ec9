package dev.postern.peers;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/**
 * The blocks of code on a page of {@code docs}, by heading. Those called {@code sh} are commands;
 * others are files, named in a comment that is their first line.
 */
record Recipes(Map<String, List<Block>> sections) {
  private static final Pattern BLOCK =
      Pattern.compile("^```(\\w+)\\n(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL);

  record Block(String language, String text) {
    boolean isCommands() {
      return language.equals("sh");
    }

    /** {@code # hello.py}, {@code // Hello.java}. */
    String fileName() {
      return text.lines().findFirst().orElseThrow().split(" ")[1];
    }
  }

  static Recipes of(String page) {
    try {
      String text = Files.readString(Postern.HOME.resolve("docs").resolve(page));
      Map<String, List<Block>> sections = new LinkedHashMap<>();
      for (String section : text.split("(?m)^## ")) {
        sections.put(
            section.lines().findFirst().orElseThrow(),
            BLOCK
                .matcher(section)
                .results()
                .map(found -> new Block(found.group(1), found.group(2)))
                .toList());
      }
      return new Recipes(sections);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Writes a section's files into the folder and returns its commands as one script.
   *
   * @param local turns what the page says into what is so here
   */
  String prepare(String heading, Path folder, UnaryOperator<String> local) {
    List<Block> blocks = sections.getOrDefault(heading, List.of());
    assertThat(blocks).as(heading).isNotEmpty();
    var script = new StringBuilder();
    for (Block block : blocks) {
      if (block.isCommands()) {
        script.append(local.apply(block.text()));
        continue;
      }
      try {
        Files.writeString(folder.resolve(block.fileName()), local.apply(block.text()));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return script.toString();
  }
}
