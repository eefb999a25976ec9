package dev.postern.cli;

import dev.postern.authority.Ledger.LedgerUnavailable;
import dev.postern.config.Nearest;
import dev.postern.x509.Signer.SignerUnavailable;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/** {@code postern}: a command line becomes a command, and what happens becomes an exit code. */
@Command(
    name = "postern",
    versionProvider = Main.Version.class,
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    description =
        "Sign in with client certificates: the authority that issues them and the gateway that checks them.",
    footer = {
      "",
      "First time? Try it:         postern demo",
      "In earnest:                 postern init --name \"Example\" --domain example.com",
      "Then:                       postern user add alice --group staff",
      "                            postern invite alice",
      "                            postern serve",
      "",
      "Exit codes: 0 done, 1 refused, 2 wrong usage or unreadable input, 3 something is broken."
    })
public final class Main implements Runnable {
  /** Examples are for pasting: wide enough that none is broken. */
  private static final int HELP_WIDTH = 120;

  /** In the order of the help. */
  private static final Map<String, Class<?>> COMMANDS = new LinkedHashMap<>();

  static {
    COMMANDS.put("demo", DemoCommand.class);
    COMMANDS.put("init", InitCommand.class);
    COMMANDS.put("serve", ServeCommand.class);
    COMMANDS.put("user", UserCommand.class);
    COMMANDS.put("group", GroupCommand.class);
    COMMANDS.put("import", ImportCommand.class);
    COMMANDS.put("invite", InviteCommand.class);
    COMMANDS.put("invitation", InvitationCommand.class);
    COMMANDS.put("issue", IssueCommand.class);
    COMMANDS.put("sign", SignCommand.class);
    COMMANDS.put("renew", RenewCommand.class);
    COMMANDS.put("revoke", RevokeCommand.class);
    COMMANDS.put("suspend", SuspendCommand.class);
    COMMANDS.put("release", ReleaseCommand.class);
    COMMANDS.put("list", ListCommand.class);
    COMMANDS.put("show", ShowCommand.class);
    COMMANDS.put("crl", CrlCommand.class);
    COMMANDS.put("export", ExportCommand.class);
    COMMANDS.put("mail", MailCommand.class);
    COMMANDS.put("top", TopCommand.class);
    COMMANDS.put("inspect", InspectCommand.class);
    COMMANDS.put("verify", VerifyCommand.class);
    COMMANDS.put("explain", ExplainCommand.class);
    COMMANDS.put("parse", ParseCommand.class);
    COMMANDS.put("p12", Pkcs12Command.class);
    COMMANDS.put("config", ConfigCommand.class);
    COMMANDS.put("completion", CompletionCommand.class);
    COMMANDS.put("help", HelpCommand.class);
    COMMANDS.put("warm-up", WarmUpCommand.class);
  }

  /** They tell of all the others. */
  private static final Set<String> ABOUT_COMMANDS = Set.of("help", "completion");

  @Spec private CommandSpec spec = CommandSpec.create();

  private Main() {}

  /** The process: its arguments, streams, environment and exit. */
  public static void main(String[] args) {
    System.exit(run(Terminal.system(), args));
  }

  /** Runs one command line; the exit code says how it ended. */
  static int run(Terminal terminal, String... args) {
    return commandLine(terminal, needed(args)).execute(args);
  }

  /** The commands, as picocli knows them. */
  static CommandLine commandLine(Terminal terminal) {
    return commandLine(terminal, COMMANDS.values());
  }

  /**
   * Those that the line is about: looking at a command takes picocli some 10 ms, and looking at all
   * would be most of a short run.
   */
  static Collection<Class<?>> needed(String... args) {
    String first = args.length == 0 ? "help" : args[0];
    if (first.equals("--version") || first.equals("-V")) {
      return List.of();
    }
    Class<?> named = COMMANDS.get(first);
    return named == null || ABOUT_COMMANDS.contains(first) ? COMMANDS.values() : List.of(named);
  }

  private static CommandLine commandLine(Terminal terminal, Collection<Class<?>> commands) {
    var commandLine = new CommandLine(new Main(), new Commands(terminal));
    commands.forEach(commandLine::addSubcommand);
    commandLine.setColorScheme(CommandLine.Help.defaultColorScheme(terminal.ansi()));
    commandLine.setOut(new PrintWriter(terminal.out(), true, StandardCharsets.UTF_8));
    commandLine.setErr(new PrintWriter(terminal.err(), true, StandardCharsets.UTF_8));
    commandLine.setUsageHelpWidth(HELP_WIDTH);
    commandLine.setCaseInsensitiveEnumValuesAllowed(true);
    commandLine.setParameterExceptionHandler((e, _) -> usage(terminal, e));
    commandLine.setExecutionExceptionHandler((e, _, _) -> ended(terminal, e));
    return commandLine;
  }

  /** Without a command: what there is. */
  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }

  private static int usage(Terminal terminal, ParameterException e) {
    terminal.error(String.valueOf(e.getMessage()));
    if (e instanceof UnmatchedArgumentException unmatched) {
      List<String> meant = meant(unmatched);
      if (!meant.isEmpty()) {
        terminal.remark("Did you mean: " + String.join(", ", meant) + "?");
      }
    }
    terminal.remark("Try: " + e.getCommandLine().getCommandSpec().qualifiedName() + " --help");
    return CommandFailure.Exit.USAGE.code;
  }

  /** Of picocli's own guesses a word with two letters swapped is none. */
  private static List<String> meant(UnmatchedArgumentException e) {
    return Nearest.to(e.getUnmatched().getFirst(), e.getCommandLine().getSubcommands().keySet())
        .map(List::of)
        .orElse(e.getSuggestions());
  }

  /**
   * One line for what people can mend; a bug of ours is loud, and is the only case with a stack
   * trace.
   */
  private static int ended(Terminal terminal, Exception e) throws Exception {
    return switch (e) {
      case CommandFailure failure -> {
        failure.lines().forEach(terminal::error);
        yield failure.exitCode();
      }
      case LedgerUnavailable fault -> {
        terminal.error(String.valueOf(fault.getMessage()));
        yield CommandFailure.Exit.FAULT.code;
      }
      case SignerUnavailable fault -> {
        terminal.error(String.valueOf(fault.getMessage()));
        yield CommandFailure.Exit.FAULT.code;
      }
      default -> {
        terminal.error(
            "this is a bug in Postern ("
                + e
                + "); please report it with the lines below, which hold no keys and no passphrases");
        Arrays.stream(e.getStackTrace()).limit(12).forEach(line -> terminal.remark("  at " + line));
        yield CommandFailure.Exit.FAULT.code;
      }
    };
  }

  /** From the jar's manifest. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = Main.class.getPackage().getImplementationVersion();
      return new String[] {"postern " + (version == null ? "(unbuilt)" : version)};
    }
  }
}
