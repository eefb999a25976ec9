package dev.postern.config;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.reader.ReaderException;

/**
 * A YAML text being read: its nodes, with their lines, and the problems found so far. Only nodes
 * are made of it, never objects, so a tag in it can load nothing.
 */
final class Document {
  /** Larger than any configuration written by people. */
  static final int MAX_BYTES = 1024 * 1024;

  private static final int MAX_ALIASES = 100;
  private static final int MAX_DEPTH = 30;

  /** Whoever has more mistakes than this has given us the wrong file. */
  private static final int MAX_PROBLEMS = 100;

  private final Path folder;
  private final FileCheck files;
  private final List<ConfigProblem> problems = new ArrayList<>();

  /** Relative paths in the text start in {@code folder}. */
  Document(Path folder, FileCheck files) {
    this.folder = folder;
    this.files = files;
  }

  FileCheck files() {
    return files;
  }

  Path folder() {
    return folder;
  }

  void problem(int line, String key, String reason) {
    ConfigProblem problem = new ConfigProblem(line, key, reason);
    if (problems.size() < MAX_PROBLEMS && !problems.contains(problem)) {
      problems.add(problem);
    }
  }

  /** In the order of their lines. */
  List<ConfigProblem> problems() {
    return problems.stream().sorted(Comparator.comparingInt(ConfigProblem::line)).toList();
  }

  /** The mapping at the top; empty when there is none, and then there is a problem. */
  Optional<Section> read(byte[] content) {
    if (content.length > MAX_BYTES) {
      problem(0, "", content.length + " bytes is more than the " + MAX_BYTES + " we read");
      return Optional.empty();
    }
    Optional<Node> root = decode(content).flatMap(this::compose);
    return root.flatMap(node -> new Value(this, "", node).section());
  }

  private Optional<String> decode(byte[] content) {
    ByteBuffer bytes = ByteBuffer.wrap(content);
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
      return Optional.of(text.startsWith("\uFEFF") ? text.substring(1) : text);
    } catch (CharacterCodingException e) {
      long breaks =
          new String(content, 0, bytes.position(), StandardCharsets.UTF_8).lines().count();
      problem(Math.max(1, (int) breaks), "", "not UTF-8 text");
      return Optional.empty();
    }
  }

  private Optional<Node> compose(String text) {
    LoaderOptions options = new LoaderOptions();
    options.setCodePointLimit(MAX_BYTES);
    options.setMaxAliasesForCollections(MAX_ALIASES);
    options.setNestingDepthLimit(MAX_DEPTH);
    options.setProcessComments(false);
    try {
      @Nullable Node node = new Yaml(options).compose(new java.io.StringReader(text));
      if (node == null) {
        problem(0, "", "the file is empty");
      }
      return Optional.ofNullable(node);
    } catch (MarkedYAMLException e) {
      var mark = e.getProblemMark() == null ? e.getContextMark() : e.getProblemMark();
      problem(mark == null ? 0 : mark.getLine() + 1, "", "not YAML: " + firstLine(e.getProblem()));
    } catch (ReaderException e) {
      int line =
          1 + (int) text.substring(0, e.getPosition()).chars().filter(c -> c == '\n').count();
      problem(line, "", "a character that YAML does not allow: U+%04X".formatted(e.getCodePoint()));
    } catch (RuntimeException e) { // SnakeYAML throws what an odd escape happened to cause
      problem(0, "", "not YAML: " + firstLine(e.getMessage()));
    }
    return Optional.empty();
  }

  private static String firstLine(@Nullable String message) {
    return message == null ? "it cannot be read" : message.lines().findFirst().orElse("");
  }
}
