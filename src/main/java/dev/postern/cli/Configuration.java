package dev.postern.cli;

import dev.postern.config.ConfigFile;
import dev.postern.config.ConfigProblem;
import dev.postern.config.PosternConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The configuration file, or the end of the command with every problem and its line. */
final class Configuration {
  private Configuration() {}

  /** With the files that it names, for whoever needs them all. */
  static PosternConfig readWithFiles(Path file) {
    PosternConfig config = read(file);
    requireFiles(file, config);
    return config;
  }

  /** Ends the command with every problem of the files that {@code config} names. */
  static void requireFiles(Path file, PosternConfig config) {
    List<String> problems = NamedFiles.problems(config);
    if (!problems.isEmpty()) {
      throw CommandFailure.usage(problems.stream().map(problem -> file + ": " + problem).toList());
    }
  }

  static PosternConfig read(Path file) {
    if (!Files.exists(file)) {
      throw CommandFailure.usage(
          "there is no " + file + "; postern init makes one, --config names another");
    }
    return switch (ConfigFile.read(file)) {
      case ConfigFile.Accepted(PosternConfig config) -> config;
      case ConfigFile.Refused(List<ConfigProblem> problems) ->
          throw CommandFailure.usage(
              problems.stream().map(problem -> file + ": " + problem.text()).toList());
    };
  }
}
