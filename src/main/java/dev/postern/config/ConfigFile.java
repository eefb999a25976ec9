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

  /** Never empty, in the order of the lines. */
  record Refused(List<ConfigProblem> problems) implements ConfigFile {
    public Refused {
      problems = List.copyOf(problems);
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
    Optional<PosternConfig> config = document.read(content).flatMap(top -> Top.read(top, folder));
    List<ConfigProblem> problems = document.problems();
    return problems.isEmpty() && config.isPresent()
        ? new Accepted(config.get())
        : new Refused(problems);
  }
}
