package dev.postern.cli;

import dev.postern.config.PosternConfig;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code postern config}: looks at the file without doing anything. */
@Command(
    name = "config",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    description = "The configuration file.",
    subcommands = ConfigCommand.Check.class,
    footer = {"", "Example:  postern config check"})
final class ConfigCommand {
  /** Every problem at once. */
  @Command(
      name = "check",
      mixinStandardHelpOptions = true,
      description = "Print every problem of the file, and of the files it names.")
  static final class Check implements Callable<Integer> {
    private final Terminal terminal;

    @Parameters(
        arity = "0..1",
        paramLabel = "FILE",
        description = "The file (default: postern.yaml).")
    private @Nullable Path named;

    @Option(
        names = "--config",
        paramLabel = "FILE",
        description = "The same, as the other commands have it.")
    private Path config = Path.of("postern.yaml");

    @Mixin private Result result = new Result();

    Check(Terminal terminal) {
      this.terminal = terminal;
    }

    @Override
    public Integer call() {
      Path file = named == null ? config : named;
      try {
        PosternConfig read = Configuration.readWithFiles(file);
        int sites = read.sites().size();
        List<String> doubts = Configuration.doubts(read);
        result.tell(
            terminal,
            () -> json(file, sites, List.of(), doubts),
            () -> terminal.print(file + " is good: " + sites + (sites == 1 ? " site" : " sites")));
        if (!result.isJson()) {
          doubts.forEach(doubt -> terminal.remark("postern: warning: " + doubt));
        }
        return 0;
      } catch (CommandFailure failure) {
        if (!result.isJson()) {
          throw failure;
        }
        terminal.print(Json.write(json(file, 0, failure.lines(), List.of())));
        return failure.exitCode();
      }
    }

    private static Map<String, Object> json(
        Path file, int sites, List<String> problems, List<String> warnings) {
      Map<String, Object> map = new LinkedHashMap<>();
      map.put("file", file.toString());
      map.put("good", problems.isEmpty());
      map.put("sites", sites);
      map.put("problems", problems);
      map.put("warnings", warnings);
      return map;
    }
  }
}
