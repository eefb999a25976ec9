package dev.postern.cli;

import dev.postern.cli.verify.Answer;
import dev.postern.cli.verify.Verifier.Verdict;
import dev.postern.cli.verify.Words;
import dev.postern.path.PathProblem;
import dev.postern.path.PathValidator;
import dev.postern.path.TrustAnchor;
import dev.postern.path.VerifiedPath;
import dev.postern.revocation.CrlReason;
import dev.postern.x509.Bytes;
import dev.postern.x509.Certificate;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The verdict on one certificate as a sentence, a small tree and what to do; or as JSON. */
final class VerdictPrinter {
  private static final DateTimeFormatter DAY =
      DateTimeFormatter.ofPattern("d MMMM yyyy", Locale.ENGLISH).withZone(ZoneOffset.UTC);

  private final Terminal terminal;
  private final Path file;
  private final PathValidator.Request request;
  private final boolean asked;

  /** {@code asked}: whether anything here could tell what was revoked. */
  VerdictPrinter(Terminal terminal, Path file, PathValidator.Request request, boolean asked) {
    this.terminal = terminal;
    this.file = file;
    this.request = request;
    this.asked = asked;
  }

  /** What is said of a verdict, whatever its form. */
  private record Said(
      Optional<VerifiedPath> path,
      String reason,
      String meaning,
      String detail,
      String advice,
      Optional<Certificate> about) {
    boolean isValid() {
      return reason.isEmpty();
    }
  }

  private static Said said(Verdict verdict) {
    return switch (verdict) {
      case Verdict.Valid(VerifiedPath path) ->
          new Said(Optional.of(path), "", "", "", "", Optional.empty());
      case Verdict.Invalid(PathProblem problem) ->
          new Said(
              Optional.empty(),
              problem.code().word(),
              Words.meaning(problem.code()),
              problem.certificate() + " " + problem.evidence(),
              Words.advice(problem.code()),
              Optional.of(problem.certificate()));
      case Verdict.Revoked(VerifiedPath path, var status) ->
          new Said(
              Optional.of(path),
              Answer.REVOKED,
              "a certificate was revoked",
              Words.revoked(status),
              status.how().reason() == CrlReason.CERTIFICATE_HOLD
                  ? "it is suspended, which can end: its issuer can release it"
                  : "issue another one, with a new key",
              Optional.of(status.certificate()));
      case Verdict.StatusUnknown(VerifiedPath path, var status) ->
          new Said(
              Optional.of(path),
              Answer.STATUS_UNKNOWN,
              "nobody knows whether a certificate was revoked",
              status.certificate() + ": " + status.evidence(),
              "name the current CRL of the issuer of each certificate below the trusted one with"
                  + " --crl; postern crl --chain writes both of ours",
              Optional.of(status.certificate()));
    };
  }

  /** Returns the exit code. */
  int print(Verdict verdict) {
    Said said = said(verdict);
    String wanted = request.purpose().name().toLowerCase(Locale.ROOT);
    String purpose = wanted.equals("any") ? "" : " as a " + wanted + "'s";
    terminal.printMarked(
        said.isValid()
            ? "@|bold,green Valid|@" + purpose + ": " + file
            : "@|bold,red Not valid|@" + purpose + ": " + file + ": " + said.meaning());
    tree(said);
    said.path()
        .filter(_ -> said.isValid())
        .ifPresent(path -> terminal.print("Holds until " + DAY.format(path.validUntil())));
    if (said.isValid()) {
      terminal.print("Revocation   " + (asked ? "none known" : "not asked (give --crl or --ocsp)"));
    }
    if (!said.isValid()) {
      terminal.print(said.detail() + " (" + said.reason() + ")");
      terminal.print("→ " + said.advice());
    }
    return said.isValid() ? 0 : CommandFailure.Exit.REFUSED.code;
  }

  /** Anchor first; what the problem is about is marked. */
  private void tree(Said said) {
    List<Certificate> chain = said.path().map(VerdictPrinter::chain).orElseGet(this::likelyChain);
    int depth = 0;
    for (Certificate each : chain.reversed()) {
      boolean trusted = isAnchor(each);
      boolean faulty = said.about().filter(each::equals).isPresent();
      terminal.printMarked(
          (depth == 0 ? "  " : "  " + "   ".repeat(depth - 1) + "└─ ")
              + escaped(each.subject().isEmpty() ? each.toString() : each.subject().toString())
              + (trusted ? "  @|green trusted|@" : "")
              + (faulty ? "  @|red ✗|@" : ""));
      depth++;
    }
  }

  /** Names are other people's text: no marks of ours in them. */
  private static String escaped(String name) {
    return name.replace("@|", "@ |");
  }

  private boolean isAnchor(Certificate certificate) {
    return request.anchors().stream().map(TrustAnchor::certificate).anyMatch(certificate::equals);
  }

  private static List<Certificate> chain(VerifiedPath path) {
    List<Certificate> chain = new ArrayList<>(path.certificates());
    if (!chain.contains(path.anchor().certificate())) {
      chain.add(path.anchor().certificate());
    }
    return chain;
  }

  /** By names alone, as far as they lead: a picture, not a judgement. */
  private List<Certificate> likelyChain() {
    List<Certificate> known = new ArrayList<>();
    request.anchors().forEach(anchor -> known.add(anchor.certificate()));
    known.addAll(request.intermediates());
    List<Certificate> chain = new ArrayList<>(List.of(request.leaf()));
    Optional<Certificate> next = Optional.of(request.leaf());
    while (next.isPresent() && !isAnchor(chain.getLast())) {
      Certificate last = chain.getLast();
      next =
          known.stream()
              .filter(each -> each.subject().equals(last.issuer()) && !chain.contains(each))
              .findFirst();
      next.ifPresent(chain::add);
    }
    return chain;
  }

  private String revocation(Verdict verdict) {
    return switch (verdict) {
      case Verdict.Valid _ when asked -> "good";
      case Verdict.Valid _, Verdict.Invalid _ -> "not-asked";
      case Verdict.Revoked _ -> Answer.REVOKED;
      case Verdict.StatusUnknown _ -> Answer.STATUS_UNKNOWN;
    };
  }

  /** Returns the exit code. */
  int printJson(Verdict verdict) {
    Said said = said(verdict);
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("file", file.toString());
    map.put("valid", said.isValid());
    if (!said.isValid()) {
      map.put("reason", said.reason());
      map.put("meaning", said.meaning());
      map.put("detail", said.detail());
      map.put("advice", said.advice());
    }
    map.put("subject", request.leaf().subject().toString());
    map.put("serial", request.leaf().serialNumber().hex());
    map.put("revocation", revocation(verdict));
    map.put("at", request.at().toString());
    said.path()
        .ifPresent(path -> {
          map.put("validUntil", path.validUntil().toString());
          map.put("chain", Answer.fingerprints(path).stream().map(Bytes::hex).toList());
        });
    terminal.print(Json.write(map));
    return said.isValid() ? 0 : CommandFailure.Exit.REFUSED.code;
  }
}
