package dev.postern.access;

import dev.postern.path.PathProblem;
import dev.postern.path.VerifiedPath;
import dev.postern.revocation.PathStatus;
import dev.postern.x509.Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Decides each request: is the certificate valid now, trusted, for this purpose, not revoked, of a
 * user who is known and enabled, and does a rule let that user in here? A snapshot: when users or
 * trust change, a new one takes its place.
 */
public final class Doorkeeper {
  private final Trust trust;
  private final Directory directory;

  public Doorkeeper(Trust trust, Directory directory) {
    this.trust = trust;
    this.directory = directory;
  }

  /** See {@link Trust#validated}. */
  public long validated() {
    return trust.validated();
  }

  /** Decides under {@code rules}, in their order. */
  public Admission admit(
      PresentedChain presented, List<Rule> rules, RequestTarget target, Instant at) {
    return admit(presented, rules, target, at, Latecomers.REFUSED);
  }

  /** As before, where those may come whose certificate ended lately. */
  public Admission admit(
      PresentedChain presented,
      List<Rule> rules,
      RequestTarget target,
      Instant at,
      Latecomers latecomers) {
    List<Rule> deciding = deciding(rules, target);
    if (areForAnyone(deciding)) {
      Optional<Identity> identity =
          identify(presented, at) instanceof Identification.Known(Identity known)
              ? Optional.of(known)
              : Optional.empty();
      return new Admission.Admitted(identity, deciding.getFirst());
    }
    return switch (identify(presented, at, latecomers)) {
      case Identification.Unknown(Denial denial) -> new Admission.Denied(denial);
      case Identification.Known(Identity identity) when mayEnter(identity.user(), deciding) ->
          new Admission.Admitted(Optional.of(identity), deciding.getFirst());
      case Identification.Known(Identity identity) ->
          new Admission.Denied(new Denial.NotPermitted(identity, deciding));
    };
  }

  private static boolean areForAnyone(List<Rule> deciding) {
    for (Rule rule : deciding) {
      if (!rule.allowsAnyone()) {
        return false;
      }
    }
    return !deciding.isEmpty();
  }

  /**
   * The rules that decide: the first fitting rule of each reading of the path, with and without
   * regard to case; none as soon as one reading has none.
   */
  public static List<Rule> deciding(List<Rule> rules, RequestTarget target) {
    List<Rule> deciding = new ArrayList<>(2);
    for (String reading : target.readings()) {
      Rule exact = first(rules, target.method(), reading, false);
      if (exact == null) {
        return List.of();
      }
      add(deciding, exact);
      add(deciding, first(rules, target.method(), reading, true));
    }
    return deciding;
  }

  private static @Nullable Rule first(
      List<Rule> rules, String method, String path, boolean anyCase) {
    for (Rule rule : rules) {
      if (anyCase ? rule.fitsInAnyCase(method, path) : rule.fits(method, path)) {
        return rule;
      }
    }
    return null;
  }

  private static void add(List<Rule> deciding, @Nullable Rule rule) {
    if (rule != null && !deciding.contains(rule)) {
      deciding.add(rule);
    }
  }

  /**
   * What would have to be found out before {@link #admit} can know, if anything: somebody's CA has
   * to be asked. Blocks for a bounded time.
   */
  public Optional<Runnable> lookup(PresentedChain presented, Instant at) {
    return !presented.isEmpty()
            && trust.judge(presented, at)
                instanceof Trust.Verdict.Believed(VerifiedPath path, TrustedAuthority authority, _)
        ? authority.status().lookup(path, at)
        : Optional.empty();
  }

  /** Whether the rules that decide let {@code user} in, whatever certificate is shown. */
  public static boolean mayEnter(User user, List<Rule> deciding) {
    boolean enabled = user.state() == User.State.ENABLED;
    for (Rule rule : deciding) {
      if (!rule.allowsAnyone() && !(enabled && rule.allows(user))) {
        return false;
      }
    }
    return !deciding.isEmpty();
  }

  /** Who somebody is, before any rule is asked. */
  public sealed interface Identification {
    record Known(Identity identity) implements Identification {}

    record Unknown(Denial denial) implements Identification {}
  }

  /** Path, dates, revocation, user: everything but the rule. */
  public Identification identify(PresentedChain presented, Instant at) {
    return identify(presented, at, Latecomers.REFUSED);
  }

  private Identification identify(PresentedChain presented, Instant at, Latecomers latecomers) {
    if (presented.isEmpty()) {
      return new Identification.Unknown(new Denial.NoCertificate());
    }
    return switch (trust.judge(presented, at)) {
      case Trust.Verdict.Unreadable(var cause) ->
          new Identification.Unknown(new Denial.UnreadableCertificate(cause.getMessage()));
      case Trust.Verdict.Doubted(PathProblem problem) ->
          new Identification.Unknown(denial(problem));
      case Trust.Verdict.Believed(VerifiedPath path, TrustedAuthority authority, var claims) ->
          identify(path, authority, claims, at);
      case Trust.Verdict.Ended(VerifiedPath path, TrustedAuthority authority, _) ->
          ended(path, authority, at, latecomers);
    };
  }

  /**
   * Everything but the end of the leaf is asked as of now. Who is refused for the end alone is told
   * whether there is time left to renew.
   */
  private Identification ended(
      VerifiedPath path, TrustedAuthority authority, Instant at, Latecomers latecomers) {
    Optional<Instant> until =
        authority
            .grace()
            .map(path.leaf().notAfter()::plus)
            .filter(last -> at.isBefore(last.plusSeconds(1))); // that second included
    if (until.isEmpty()) {
      return new Identification.Unknown(new Denial.Expired(path.leaf()));
    }
    Identification otherwise =
        identify(path, authority, authority.identity().claims(path.leaf()), at);
    return switch (latecomers) {
      case REFUSED ->
          new Identification.Unknown(
              new Denial.Expired(
                  path.leaf(), until.filter(_ -> otherwise instanceof Identification.Known)));
      case MAY_RENEW ->
          otherwise instanceof Identification.Known(Identity identity)
              ? new Identification.Known(identity.late())
              : otherwise;
    };
  }

  private Identification identify(
      VerifiedPath path, TrustedAuthority authority, List<String> claims, Instant at) {
    return switch (authority.status().status(path, at)) {
      case PathStatus.Revoked(Certificate certificate, var how) ->
          new Identification.Unknown(new Denial.Revoked(certificate, how));
      case PathStatus.Unknown(Certificate certificate, String evidence)
          when authority.unknownStatus() == UnknownStatusPolicy.DENY ->
          new Identification.Unknown(new Denial.StatusUnknown(certificate, evidence));
      case PathStatus.Unknown _, PathStatus.Good _ -> identify(path, authority, claims);
    };
  }

  private Identification identify(
      VerifiedPath path, TrustedAuthority authority, List<String> claims) {
    Optional<User> user = authority.identity().user(claims, directory);
    if (user.isEmpty()) {
      return new Identification.Unknown(new Denial.UnknownUser(path.leaf()));
    }
    return switch (user.get().state()) {
      case ENABLED -> new Identification.Known(new Identity(user.get(), path, authority));
      case DISABLED -> new Identification.Unknown(new Denial.UserDisabled(path.leaf(), user.get()));
    };
  }

  private static Denial denial(PathProblem problem) {
    return switch (problem.code()) {
      case EXPIRED -> new Denial.Expired(problem.certificate());
      case NOT_YET_VALID -> new Denial.NotYetValid(problem.certificate());
      case UNTRUSTED_ISSUER -> new Denial.UntrustedIssuer(problem.certificate());
      case WRONG_PURPOSE -> new Denial.WrongPurpose(problem.certificate(), problem.evidence());
      case NAME_MISMATCH,
          NAME_NOT_PERMITTED,
          PATH_TOO_LONG,
          POLICY_NOT_MET,
          NOT_A_CA,
          WEAK_ALGORITHM,
          UNKNOWN_CRITICAL_EXTENSION,
          NOT_CONFORMING,
          MALFORMED,
          BAD_SIGNATURE,
          TOO_MUCH_WORK ->
          new Denial.InvalidPath(problem);
    };
  }
}
