package dev.postern.config;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Reads the configuration file: all of it, or all that is wrong with it. */
public sealed interface ConfigFile {
  record Accepted(PosternConfig config) implements ConfigFile {}

  /**
   * Nothing of it is in force.
   *
   * @param problems never empty, in the order of the lines
   * @param understood the rest, without what is wrong, where that has a name, a domain and a data
   *     folder written down: enough to find the ledger, not to serve
   */
  record Refused(List<ConfigProblem> problems, Optional<PosternConfig> understood)
      implements ConfigFile {
    public Refused {
      problems = List.copyOf(problems);
    }

    Refused(List<ConfigProblem> problems) {
      this(problems, Optional.empty());
    }
  }

  static ConfigFile read(Path file) {
    return read(file, FileCheck.NONE);
  }

  /** With the files that it names. */
  static ConfigFile read(Path file, FileCheck files) {
    Path folder = Optional.ofNullable(file.toAbsolutePath().getParent()).orElse(Path.of("/"));
    try (var in = Files.newInputStream(file)) {
      return parse(in.readNBytes(Document.MAX_BYTES + 1), folder, files);
    } catch (NoSuchFileException e) {
      return new Refused(List.of(new ConfigProblem(0, "", "there is no such file")));
    } catch (IOException e) {
      return new Refused(List.of(new ConfigProblem(0, "", reason(file, e))));
    }
  }

  /** Where its name cannot be read, the default would perhaps be another ledger. */
  private static boolean namesData(Optional<Section> top, List<ConfigProblem> problems) {
    return top.flatMap(section -> section.find("data")).isPresent()
        && problems.stream().noneMatch(problem -> problem.key().equals("data"));
  }

  private static String reason(Path file, IOException e) {
    if (Files.isDirectory(file)) {
      return "it is a folder, not a file";
    }
    return e instanceof AccessDeniedException
        ? "it may not be read by this user"
        : "it cannot be read: " + e.getMessage();
  }

  /** Relative paths in {@code content} start in {@code folder}. */
  static ConfigFile parse(byte[] content, Path folder) {
    return parse(content, folder, FileCheck.NONE);
  }

  private static ConfigFile parse(byte[] content, Path folder, FileCheck files) {
    Document document = new Document(folder, files);
    Optional<Section> top = document.read(content);
    Optional<PosternConfig> config = top.flatMap(section -> Top.read(section, folder));
    List<ConfigProblem> problems = document.problems();
    return problems.isEmpty() && config.isPresent()
        ? new Accepted(config.get())
        : new Refused(problems, config.filter(_ -> namesData(top, problems)));
  }
}
