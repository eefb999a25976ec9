package dev.postern.cli;

import dev.postern.cli.inspect.Finding;
import dev.postern.cli.inspect.Inspector;
import dev.postern.keys.Passphrase;
import dev.postern.x509.MalformedException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code postern inspect}: any certificate, request, CRL, key or PKCS#12 file in plain words. */
@Command(
    name = "inspect",
    mixinStandardHelpOptions = true,
    description =
        "Say in plain words what a certificate, CSR, CRL, key or PKCS#12 file is, and what is wrong with it.",
    footer = {
      "",
      "Example:  postern inspect alice.p12",
      "          postern inspect --json server.crt | jq .[0].warnings"
    })
final class InspectCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Parameters(
      paramLabel = "FILE",
      arity = "1..*",
      description = "PEM or DER, of any of these kinds.")
  private List<Path> files = new ArrayList<>();

  @Option(
      names = {"--passphrase-file", "--password-file"},
      paramLabel = "FILE",
      description = "First line: the password of a PKCS#12 file.")
  private @Nullable Path passphraseFile;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  InspectCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    List<Map<String, Object>> all = new ArrayList<>();
    List<String> unreadable = new ArrayList<>();
    for (Path file : files) {
      try {
        List<Finding> findings = inspect(file);
        if (json) {
          findings.forEach(finding -> all.add(json(file, finding)));
        } else {
          terminal.printMarked("@|faint " + file + "|@");
          findings.forEach(new FindingPrinter(terminal)::print);
        }
      } catch (CommandFailure e) {
        unreadable.addAll(e.lines()); // a folder full of files has others, too
      }
    }
    if (json && !all.isEmpty()) {
      terminal.print(Json.write(all));
    }
    if (!unreadable.isEmpty()) {
      throw CommandFailure.usage(unreadable);
    }
    return 0;
  }

  private List<Finding> inspect(Path file) {
    byte[] content = InputFile.read(file, InputFile.LARGEST);
    try {
      return new Inspector(InstantSource.system().instant(), passphrase(file, content))
          .inspect(content);
    } catch (MalformedException e) {
      throw CommandFailure.usage(file + " cannot be read: " + e.getMessage());
    }
  }

  /**
   * Asked for only where it is needed; without one, a PKCS#12 file stays closed and is said to be
   * one.
   */
  private Optional<Passphrase> passphrase(Path file, byte[] content) {
    var source = new PassphraseSource(terminal);
    if (passphraseFile != null) {
      return Optional.of(source.fromFile(passphraseFile));
    }
    return Inspector.isPkcs12(content)
        ? terminal
            .askSecret("Password of " + file + " (Enter: leave it closed): ")
            .filter(characters -> characters.length > 0)
            .map(Passphrase::of)
        : Optional.empty();
  }

  private static Map<String, Object> json(Path file, Finding finding) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("file", file.toString());
    map.put("kind", finding.kind());
    map.put("title", finding.title());
    Map<String, String> facts = new LinkedHashMap<>();
    finding.facts().forEach(fact -> facts.put(fact.label(), fact.value()));
    map.put("facts", facts);
    map.put("warnings", finding.warnings().stream().map(InspectCommand::json).toList());
    return map;
  }

  private static Map<String, String> json(Finding.Warning warning) {
    Map<String, String> map = new LinkedHashMap<>();
    map.put("level", warning.level().name().toLowerCase(java.util.Locale.ROOT));
    map.put("code", warning.code());
    map.put("text", warning.text());
    map.put("advice", warning.advice());
    return map;
  }
}
