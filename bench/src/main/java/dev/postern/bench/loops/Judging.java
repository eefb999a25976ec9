package dev.postern.bench.loops;

import dev.postern.access.Admission;
import dev.postern.access.Directory;
import dev.postern.access.Doorkeeper;
import dev.postern.access.IdentityMapping;
import dev.postern.access.PathPattern;
import dev.postern.access.PresentedChain;
import dev.postern.access.RequestTarget;
import dev.postern.access.Rule;
import dev.postern.access.Trust;
import dev.postern.access.TrustedAuthority;
import dev.postern.access.User;
import dev.postern.path.PathValidation;
import dev.postern.path.PathValidator;
import dev.postern.path.Purpose;
import dev.postern.path.TrustAnchor;
import dev.postern.x509.Certificate;
import dev.postern.x509.MalformedException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** What stands between a handshake and a request's relay. */
@State(Scope.Benchmark)
public class Judging {
  private final Chain chain = new Chain();
  private final PathValidator validator = new PathValidator();
  private final TrustAnchor anchor = TrustAnchor.of(chain.root);
  private final Doorkeeper doorkeeper = doorkeeper();
  private final PresentedChain presented = PresentedChain.of(chain.presented());
  private final List<Rule> rules =
      List.of(
          new Rule(new PathPattern("/admin/**"), Set.of(), List.of(new Rule.Who.Group("admins"))),
          new Rule(PathPattern.EVERYTHING, Set.of(), List.of(new Rule.Who.Group("staff"))));
  private final RequestTarget target =
      RequestTarget.of("GET", "wiki.example.com", "/pages/Start").orElseThrow();

  private Doorkeeper doorkeeper() {
    User alice =
        new User(Chain.USER, "Alice", Optional.empty(), Set.of("staff"), User.State.ENABLED);
    Directory directory =
        new Directory() {
          @Override
          public Optional<User> named(String name) {
            return name.equals(Chain.USER) ? Optional.of(alice) : Optional.empty();
          }

          @Override
          public Optional<User> withEmail(String address) {
            return Optional.empty();
          }
        };
    var authority =
        TrustedAuthority.withoutRevocation(
            "own", List.of(anchor), List.of(chain.issuer.certificate()), IdentityMapping.OWN);
    return new Doorkeeper(new Trust(List.of(authority), validator), directory);
  }

  /** Who was here before: dates, user and rule. */
  @Benchmark
  public Admission admitKnownCertificate() {
    Admission admission = doorkeeper.admit(presented, rules, target, chain.now);
    if (!(admission instanceof Admission.Admitted)) {
      throw new IllegalStateException(admission.toString());
    }
    return admission;
  }

  /** Two signatures, and all of RFC 5280 §6. */
  @Benchmark
  public PathValidation validatePathOfTwoSteps() {
    PathValidation validation =
        validator.validate(
            new PathValidator.Request(
                chain.leaf,
                List.of(chain.issuer.certificate()),
                List.of(anchor),
                Purpose.CLIENT,
                chain.now));
    if (!(validation instanceof PathValidation.Valid)) {
      throw new IllegalStateException(validation.toString());
    }
    return validation;
  }

  @Benchmark
  public Certificate readCertificate() throws MalformedException {
    return Certificate.parse(chain.leaf.der());
  }
}
