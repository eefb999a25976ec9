package dev.postern.cli;

import dev.postern.config.ConfigFile;
import dev.postern.config.ConfigProblem;
import dev.postern.config.FileCheck;
import dev.postern.config.ListenAddress;
import dev.postern.config.PosternConfig;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The configuration file, or the end of the command with every problem and its line. */
final class Configuration {
  private static final int HTTP = 80;

  private Configuration() {}

  /** With the files that it names, for whoever needs them all. */
  static PosternConfig readWithFiles(Path file) {
    return read(file, new NamedFiles());
  }

  static PosternConfig read(Path file) {
    return read(file, FileCheck.NONE);
  }

  private static PosternConfig read(Path file, FileCheck files) {
    return switch (parsed(file, files)) {
      case ConfigFile.Accepted(PosternConfig config) -> config;
      case ConfigFile.Refused(List<ConfigProblem> problems, _) ->
          throw CommandFailure.usage(lines(file, problems));
    };
  }

  /**
   * For commands that need no more of it than where the ledger is: a typing error in a rule must
   * not keep anybody from revoking. What is wrong is said all the same.
   */
  static PosternConfig readForLedger(Path file, Terminal terminal) {
    return switch (parsed(file, FileCheck.NONE)) {
      case ConfigFile.Accepted(PosternConfig config) -> config;
      case ConfigFile.Refused(List<ConfigProblem> problems, Optional<PosternConfig> understood) -> {
        List<String> lines = lines(file, problems);
        PosternConfig config = understood.orElseThrow(() -> CommandFailure.usage(lines));
        lines.forEach(line -> terminal.remark("postern: warning: " + line));
        terminal.remark("postern: going on with the ledger in " + config.data());
        yield config;
      }
    };
  }

  private static ConfigFile parsed(Path file, FileCheck files) {
    if (!Files.exists(file)) {
      throw CommandFailure.usage(
          "there is no " + file + "; postern init makes one, --config names another");
    }
    return ConfigFile.read(file, files);
  }

  private static List<String> lines(Path file, List<ConfigProblem> problems) {
    return problems.stream().map(problem -> file + ": " + problem.text()).toList();
  }

  /** What is allowed, and seldom meant. */
  static List<String> doubts(PosternConfig config) {
    Optional<URI> url = config.publish().url();
    Optional<ListenAddress> http = config.listen().http();
    if (url.isEmpty()) {
      return List.of();
    }
    int named = url.get().getPort() < 0 ? HTTP : url.get().getPort();
    if (http.isEmpty()) {
      return List.of(
          "publish.url is "
              + url.get()
              + ", but listen.http is off: nobody answers there, unless another server does");
    }
    int port = http.get().port();
    return port == 0 || port == named
        ? List.of()
        : List.of(
            "publish.url is "
                + url.get()
                + ", but listen.http is port "
                + port
                + ": nobody answers there, unless something forwards port "
                + named
                + " to it");
  }
}
