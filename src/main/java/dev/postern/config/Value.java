package dev.postern.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/**
 * What stands behind a key. Each question about it has an answer, or leaves a problem and is empty.
 */
record Value(Document document, String key, Node node) {
  /** Turns text into a value; {@link IllegalArgumentException} says what is wrong with it. */
  @FunctionalInterface
  interface Format<T> {
    T parse(String text);
  }

  int line() {
    return node.getStartMark().getLine() + 1;
  }

  void problem(String reason) {
    document.problem(line(), key, reason);
  }

  boolean isSection() {
    return node instanceof MappingNode;
  }

  boolean isList() {
    return node instanceof SequenceNode;
  }

  /** Text as it is written: {@code 1.2} and {@code yes} are text, too. */
  Optional<String> text() {
    if (node instanceof ScalarNode scalar && !scalar.getTag().equals(Tag.NULL)) {
      return Optional.of(scalar.getValue());
    }
    expected("text");
    return Optional.empty();
  }

  <T> Optional<T> as(Format<T> format) {
    Optional<String> text = text();
    if (text.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(format.parse(text.get()));
    } catch (IllegalArgumentException e) { // how the values of the rooms below refuse text
      problem(String.valueOf(e.getMessage()));
      return Optional.empty();
    }
  }

  /** A file of others. */
  Optional<Path> file(FileCheck.Kind kind) {
    Optional<Path> file = as(Formats.path(document.folder()));
    file.ifPresent(path -> document.files().problems(kind, path).forEach(this::problem));
    return file;
  }

  Optional<Section> section() {
    if (node instanceof MappingNode mapping) {
      return Optional.of(new Section(document, key, mapping));
    }
    expected("keys and values");
    return Optional.empty();
  }

  /** The items of a list. */
  List<Value> items() {
    if (node instanceof SequenceNode sequence) {
      List<Value> items = new ArrayList<>();
      for (Node item : sequence.getValue()) {
        items.add(new Value(document, key + "[" + items.size() + "]", item));
      }
      return items;
    }
    expected("a list");
    return List.of();
  }

  /** A list, or one item written without the brackets. */
  List<Value> itemsOrOne() {
    return node instanceof ScalarNode ? List.of(this) : items();
  }

  private void expected(String what) {
    String found =
        switch (node) {
          case MappingNode _ -> "keys and values are";
          case SequenceNode _ -> "a list is";
          case ScalarNode scalar when scalar.getTag().equals(Tag.NULL) -> "nothing is";
          default -> "text is";
        };
    problem("expected " + what + ", " + found + " there");
  }
}
