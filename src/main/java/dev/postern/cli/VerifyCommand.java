package dev.postern.cli;

import dev.postern.access.TrustedAuthority;
import dev.postern.cli.verify.PathQuestion;
import dev.postern.cli.verify.Verifier;
import dev.postern.path.Era;
import dev.postern.path.PathProfile;
import dev.postern.path.PathRules;
import dev.postern.path.PathValidator;
import dev.postern.path.Purpose;
import dev.postern.path.TrustAnchor;
import dev.postern.path.VerifiedPath;
import dev.postern.revocation.Evidence;
import dev.postern.revocation.OcspResponse;
import dev.postern.x509.Bytes;
import dev.postern.x509.Certificate;
import dev.postern.x509.GeneralName;
import dev.postern.x509.MalformedException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code postern verify}: can this certificate be believed, and if not, why? */
@Command(
    name = "verify",
    mixinStandardHelpOptions = true,
    description =
        "Say whether a certificate can be believed, by the judgement of the gateway. Fetches nothing.",
    footer = {
      "",
      "Example:  postern verify alice.pem",
      "          postern verify server.pem --ca root.pem --host wiki.example.com",
      "          postern verify old.pem --ca root.pem --crl ca.crl --at 2015-06-01",
      "          postern verify --batch < in.jsonl > out.jsonl"
    })
final class VerifyCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Parameters(
      paramLabel = "FILE",
      arity = "0..1",
      description = "PEM or DER: the certificate, and after it any CAs between it and the root.")
  private @Nullable Path file;

  @Option(
      names = "--ca",
      paramLabel = "FILE",
      description = "What to trust (default: what the gateway trusts, by --config).")
  private List<Path> authorities = new ArrayList<>();

  @Option(
      names = "--intermediate",
      paramLabel = "FILE",
      description = "CAs between, which are not trusted by themselves.")
  private List<Path> intermediates = new ArrayList<>();

  @Option(
      names = "--crl",
      paramLabel = "FILE",
      description = "CRLs: then nothing on the path may be revoked.")
  private List<Path> crls = new ArrayList<>();

  @Option(
      names = "--ocsp",
      paramLabel = "FILE",
      description = "OCSP responses (DER), to the same end.")
  private List<Path> ocsp = new ArrayList<>();

  @Option(
      names = "--purpose",
      paramLabel = "PURPOSE",
      completionCandidates = Purposes.class,
      description = "${COMPLETION-CANDIDATES} (default: any; server with --host).")
  private @Nullable Purpose purpose;

  @Option(
      names = "--profile",
      paramLabel = "PROFILE",
      completionCandidates = Profiles.class,
      description = "By whose rules: ${COMPLETION-CANDIDATES} (default: rfc5280).")
  private PathProfile profile = PathProfile.RFC5280;

  @Option(
      names = "--host",
      paramLabel = "NAME",
      description = "The host name or IP address that it must be for.")
  private @Nullable String host;

  @Option(
      names = "--at",
      paramLabel = "TIME",
      description = "As of then, like 2015-06-01 or 2015-06-01T12:00:00Z (default: now).")
  private @Nullable String at;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "The configuration file (default: ${DEFAULT-VALUE}).")
  private Path config = Path.of("postern.yaml");

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Option(names = "--batch", description = "Lines of JSON in, lines of JSON out (see docs).")
  private boolean batch;

  VerifyCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  /** As the options take them. */
  static final class Purposes extends LowerCaseNames {
    Purposes() {
      super(Purpose.values());
    }
  }

  /** Likewise. */
  static final class Profiles extends LowerCaseNames {
    Profiles() {
      super(PathProfile.values());
    }
  }

  @Override
  public Integer call() {
    var verifier = new Verifier();
    if (batch) {
      BatchInput.answer(new PathQuestion(verifier, InstantSource.system()), terminal);
      return 0;
    }
    if (file == null) {
      throw CommandFailure.usage("names no file: postern verify FILE, or --batch");
    }
    List<Certificate> chain = InputFile.certificates(file);
    Optional<Installed> installed =
        authorities.isEmpty() ? Optional.of(installed()) : Optional.empty();
    PathValidator.Request request =
        request(chain, installed.map(Installed::authorities).orElse(List.of()));
    Optional<Evidence> evidence = evidence(request.intermediates());
    Verifier.Verdict verdict = verifier.verify(request, evidence);
    Optional<Verifier.Verdict> local =
        verdict instanceof Verifier.Verdict.Valid(VerifiedPath path)
            ? installed.flatMap(each -> each.status().of(path, request, verifier))
            : Optional.empty();
    var printer =
        new VerdictPrinter(terminal, file, request, evidence.isPresent() || local.isPresent());
    return json ? printer.printJson(local.orElse(verdict)) : printer.print(local.orElse(verdict));
  }

  /** The trust of the installation that {@code --config} names, and what it knows. */
  private record Installed(List<TrustedAuthority> authorities, LocalStatus status) {}

  private PathValidator.Request request(List<Certificate> chain, List<TrustedAuthority> installed) {
    List<Certificate> between = new ArrayList<>(chain.subList(1, chain.size()));
    intermediates.forEach(each -> between.addAll(InputFile.certificates(each)));
    List<TrustAnchor> anchors = new ArrayList<>();
    for (Path each : authorities) {
      InputFile.certificates(each).stream().map(TrustAnchor::of).forEach(anchors::add);
    }
    for (TrustedAuthority authority : installed) {
      anchors.addAll(authority.anchors());
      between.addAll(authority.intermediates());
    }
    Optional<Instant> asked = Optional.ofNullable(at).map(VerifyCommand::instant);
    return new PathValidator.Request(
        chain.getFirst(),
        between,
        anchors,
        purpose(),
        asked.orElseGet(() -> InstantSource.system().instant()),
        PathRules.DEFAULT
            .withProfile(profile)
            .withNames(host == null ? List.of() : List.of(name(host)))
            .withEra(asked.map(Era::of).orElse(Era.TODAY)));
  }

  private Purpose purpose() {
    return purpose != null ? purpose : host != null ? Purpose.SERVER : Purpose.ANY;
  }

  private Installed installed() {
    try (var workspace = Workspace.open(config, terminal)) {
      List<TrustedAuthority> trusted =
          new Authorities(workspace, workspace.revoked(), Optional.empty())
              .trust(workspace.config())
              .authorities();
      return new Installed(trusted, new LocalStatus(trusted, workspace.config().trust()));
    }
  }

  private static GeneralName name(String host) {
    try {
      return GeneralName.IpAddress.parse(host);
    } catch (IllegalArgumentException e) {
      return new GeneralName.DnsName(host);
    }
  }

  private static Instant instant(String text) {
    try {
      return text.contains("T")
          ? OffsetDateTime.parse(text).toInstant()
          : LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant();
    } catch (DateTimeParseException e) {
      throw CommandFailure.usage(
          "--at is a day or a time like 2015-06-01 or 2015-06-01T12:00:00Z, not " + text);
    }
  }

  private Optional<Evidence> evidence(List<Certificate> helpers) {
    if (crls.isEmpty() && ocsp.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new Evidence(
            crls.stream().flatMap(each -> CrlFile.lists(each).stream()).toList(),
            ocsp.stream().map(VerifyCommand::response).toList(),
            helpers,
            Optional.empty()));
  }

  private static OcspResponse response(Path file) {
    try {
      return OcspResponse.parse(Bytes.of(InputFile.read(file, 1024 * 1024)));
    } catch (MalformedException e) {
      throw CommandFailure.usage(file + " is no OCSP response: " + e.getMessage());
    }
  }
}
