package dev.postern.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;

/**
 * Keys and values. A key is known when it has been asked for; {@link #close} reports all others, so
 * it comes last.
 */
final class Section {
  private final Document document;
  private final String key;
  private final int line;
  private final Map<String, Value> values = new LinkedHashMap<>();
  private final Map<String, Integer> lines = new LinkedHashMap<>();
  private final Set<String> known = new LinkedHashSet<>();

  Section(Document document, String key, MappingNode node) {
    this.document = document;
    this.key = key;
    this.line = node.getStartMark().getLine() + 1;
    for (NodeTuple tuple : node.getValue()) {
      int at = tuple.getKeyNode().getStartMark().getLine() + 1;
      if (!(tuple.getKeyNode() instanceof ScalarNode name)) {
        document.problem(at, key, "a key is text");
      } else if (lines.containsKey(name.getValue())) {
        document.problem(
            at,
            below(name.getValue()),
            "stands here twice; first in line " + lines.get(name.getValue()));
      } else {
        lines.put(name.getValue(), at);
        values.put(
            name.getValue(), new Value(document, below(name.getValue()), tuple.getValueNode()));
      }
    }
  }

  private String below(String name) {
    return key.isEmpty() ? name : key + "." + name;
  }

  /** Where the section begins. */
  int line() {
    return line;
  }

  void problem(String name, String reason) {
    document.problem(lines.getOrDefault(name, line), below(name), reason);
  }

  Optional<Value> find(String name) {
    known.add(name);
    return Optional.ofNullable(values.get(name));
  }

  /** The value of a key that must be there. */
  Optional<Value> require(String name) {
    Optional<Value> value = find(name);
    if (value.isEmpty()) {
      document.problem(line, below(name), "is missing");
    }
    return value;
  }

  <T> Optional<T> required(String name, Value.Format<T> format) {
    return require(name).flatMap(value -> value.as(format));
  }

  <T> Optional<T> optional(String name, Value.Format<T> format) {
    return find(name).flatMap(value -> value.as(format));
  }

  <T> T or(String name, Value.Format<T> format, T absent) {
    return optional(name, format).orElse(absent);
  }

  /** The section of a key; without the key, one without keys. */
  Section section(String name) {
    return find(name)
        .flatMap(Value::section)
        .orElseGet(() -> new Section(document, below(name), line));
  }

  private Section(Document document, String key, int line) {
    this.document = document;
    this.key = key;
    this.line = line;
  }

  /** What the items of a list, or one item, say; items with problems are left out. */
  <T> List<T> list(String name, Value.Format<T> format) {
    List<T> list = new ArrayList<>();
    find(name)
        .map(Value::itemsOrOne)
        .orElse(List.of())
        .forEach(item -> item.as(format).ifPresent(list::add));
    return list;
  }

  /** Reports every key that nobody asked for. */
  void close() {
    for (String name : values.keySet()) {
      if (!known.contains(name)) {
        problem(name, "is not a key here" + Nearest.suggestion(name, known));
      }
    }
  }
}
