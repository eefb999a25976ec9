package dev.postern.cli;

import dev.postern.access.User;
import dev.postern.authority.Issuance;
import dev.postern.authority.Profile;
import dev.postern.console.Signing;
import dev.postern.x509.Bytes;
import dev.postern.x509.Certificate;
import dev.postern.x509.CertificationRequest;
import dev.postern.x509.GeneralName;
import dev.postern.x509.MalformedException;
import dev.postern.x509.Parsing;
import dev.postern.x509.Pem;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code postern sign}: a certificate for a key that was made elsewhere. */
@Command(
    name = "sign",
    mixinStandardHelpOptions = true,
    description = {
      "Sign a certificate request (CSR, PKCS#10) that was made elsewhere.",
      "For client and device, the names come from the user and --name, never from the request.",
      "For server, the request's names count, unless --name says otherwise."
    },
    footer = {
      "",
      "Example:  postern sign alice.csr --profile client --user alice --out alice.pem",
      "          postern sign wiki.csr --profile server > wiki.pem"
    })
final class SignCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Mixin private WorkspaceOptions where = new WorkspaceOptions();

  @Parameters(paramLabel = "FILE", description = "The request, PEM or DER.")
  private Path file = Path.of("");

  @Option(
      names = "--profile",
      required = true,
      paramLabel = "PROFILE",
      description = "server, client or device.")
  private String profileName = "";

  @Option(
      names = "--user",
      paramLabel = "USER",
      description = "For client and device: whose it is.")
  private @Nullable String userName;

  @Option(
      names = "--device",
      paramLabel = "TEXT",
      description = "For client: on which device it will be.")
  private @Nullable String device;

  @Option(
      names = "--name",
      paramLabel = "KIND:VALUE",
      description = "Names to certify: dns:, ip:, email:, upn:, uri:.")
  private List<String> names = new ArrayList<>();

  @Option(
      names = "--validity",
      paramLabel = "TIME",
      description = "How long: 90d, 12h … (default: the profile's own).")
  private @Nullable String validity;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "Where to put the chain (default: standard output).")
  private @Nullable Path out;

  @Option(names = "--force", description = "Replace the output file if it exists.")
  private boolean force;

  @Mixin private Result result = new Result();

  SignCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    Profile profile = profile();
    CertificationRequest request = request(file);
    List<GeneralName> further = IssueOptions.names(names);
    Optional<Duration> span =
        Optional.ofNullable(validity).map(text -> Durations.parse("--validity", text));
    try (var workspace = Workspace.open(where, terminal);
        var output =
            out == null ? null : OutputFile.reserve(out, OutputFile.Audience.EVERYBODY, force)) {
      var issuing = new Issuing(terminal, workspace);
      if (profile.subject() == Profile.Subject.USER) {
        requireUser(issuing, profile);
      }
      var wish =
          new Signing.Wish(
              request,
              profile,
              Optional.ofNullable(userName),
              Optional.ofNullable(device),
              further,
              span);
      Issuance.Issued issued =
          Issuing.issued(
              new RequestSigning(workspace.name(), workspace::authority, workspace.users()::named)
                  .sign(wish, workspace.requester()));
      sayWhatWasLeftOut(request, issued.certificate());
      List<Certificate> chain = new ArrayList<>(List.of(issued.certificate()));
      chain.addAll(issued.chain());
      String pem = Pem.write(chain);
      if (output != null) {
        output.commit(pem.getBytes(StandardCharsets.US_ASCII));
      }
      result.tell(
          terminal,
          () -> {
            Map<String, Object> json = Result.issued(workspace, issued);
            json.put(out == null ? "certificates" : "file", out == null ? pem : out.toString());
            return json;
          },
          () -> {
            if (out == null) {
              terminal.out().print(pem);
              terminal.out().flush();
            } else {
              issuing.say(issued, out.toString());
            }
          });
      return 0;
    }
  }

  /** Who mistyped the name is told the one that was meant. */
  private void requireUser(Issuing issuing, Profile profile) {
    if (userName == null) {
      throw CommandFailure.usage(
          "--user: a certificate of profile " + profile.name() + " belongs to a user; name one");
    }
    User _ = issuing.enabledUser(userName);
  }

  private void sayWhatWasLeftOut(CertificationRequest request, Certificate certificate) {
    List<String> dropped =
        request.subjectAlternativeNames().stream()
            .filter(name -> !certificate.subjectAlternativeNames().contains(name))
            .map(GeneralName::text)
            .toList();
    if (!dropped.isEmpty()) {
      terminal.remark(
          "Left out, since the request does not decide on names (use --name): "
              + String.join(", ", dropped));
    }
  }

  private Profile profile() {
    try {
      return Profile.named(profileName);
    } catch (IllegalArgumentException e) {
      throw CommandFailure.usage("--profile: " + e.getMessage());
    }
  }

  private static CertificationRequest request(Path file) {
    byte[] content = InputFile.read(file, 2 * Parsing.MAX_STRUCTURE);
    try {
      if (!Pem.looksLikePem(content)) {
        return CertificationRequest.parse(Bytes.of(content));
      }
      for (Pem.Block block : Pem.parse(new String(content, StandardCharsets.ISO_8859_1))) {
        if (block.label().endsWith(Pem.CERTIFICATE_REQUEST)) {
          return CertificationRequest.parse(block.content());
        }
      }
      throw CommandFailure.usage(file + " holds no certificate request");
    } catch (MalformedException e) {
      throw CommandFailure.usage(file + " is no certificate request: " + e.getMessage());
    }
  }
}
