package dev.postern.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.alwaysTrue;
import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import com.tngtech.archunit.library.Architectures;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.NullMarked;

/**
 * The rules that bytecode can show, for the rooms below {@code root}: {@code dev.postern}, or the
 * fixtures that break each of them. Rooms that are not built yet are allowed for.
 */
public record HouseRules(String root) {
  /** The table of design §2, lowest first. */
  private static final List<Set<String>> LEVELS =
      List.of(
          Set.of("x509"),
          Set.of("path"),
          Set.of("revocation"),
          Set.of("access", "authority"),
          Set.of("keys", "ledger", "status", "web"),
          Set.of("gateway", "enrol", "publish", "console", "mail"),
          Set.of("config", "metrics"),
          Set.of("cli"));

  /** JTE's generated code: known to the rooms that show pages, and free to know their types. */
  private static final String TEMPLATES = "templates";

  private static final String[] PURE = {"x509", "path", "revocation", "access", "authority"};
  private static final String[] SPEAK_HTTP = {
    "web", "enrol", "gateway", "console", "publish", "status", "metrics"
  };

  private static final Pattern UNHELPFUL_NAME =
      Pattern.compile("Base[A-Z].*|.*(Impl|Manager|Util|Utils|Helper|Processor)");

  /** What Bouncy Castle's signatures force on a room that only ever writes to memory. */
  private static final Set<String> MEMORY_STREAMS =
      Set.of(
          "java.io.IOException",
          "java.io.InputStream",
          "java.io.OutputStream",
          "java.io.ByteArrayInputStream",
          "java.io.ByteArrayOutputStream");

  /** The names of {@code java.net} that are values and open nothing. */
  private static final Set<String> NET_VALUES =
      Set.of(
          "java.net.InetAddress",
          "java.net.UnknownHostException",
          "java.net.URI",
          "java.net.URISyntaxException");

  public ArchRule layers() {
    var layers = Architectures.layeredArchitecture().consideringOnlyDependenciesInLayers();
    for (String room : rooms()) {
      layers = layers.optionalLayer(room).definedBy(in(room));
    }
    List<String> below = new ArrayList<>();
    for (Set<String> level : LEVELS) {
      for (String room : level) {
        layers =
            below.isEmpty()
                ? layers.whereLayer(room).mayNotAccessAnyLayer()
                : layers.whereLayer(room).mayOnlyAccessLayers(below.toArray(String[]::new));
      }
      below.addAll(level);
    }
    return layers.because("arrows point down, and rooms on one level do not know each other (§2)");
  }

  public ArchRule templatesAreForPages() {
    return noClasses()
        .that()
        .resideOutsideOfPackages(packages("web", "gateway", "enrol", "console", TEMPLATES))
        .should()
        .dependOnClassesThat()
        .resideInAPackage(in(TEMPLATES))
        .because("pages are shown by web, gateway, enrol and console")
        .allowEmptyShould(true);
  }

  public ArchRule everyClassHasARoom() {
    List<String> known = new ArrayList<>(rooms());
    known.add(TEMPLATES);
    return classes()
        .should()
        .resideInAnyPackage(packages(known.toArray(String[]::new)))
        .because("a package outside the table of design §2 would escape the other rules");
  }

  public ArchRule noCycles() {
    return slices()
        .matching(root + ".(*)..")
        .should()
        .beFreeOfCycles()
        .ignoreDependency(resideInAPackage(in(TEMPLATES)), alwaysTrue())
        .because("a room is understood without the rooms above it")
        .allowEmptyShould(true);
  }

  public ArchRule pureRoomsDoNoInputOrOutput() {
    DescribedPredicate<JavaClass> world =
        describe(
            "reach the world",
            type -> {
              String name = type.getName();
              return (name.startsWith("java.io.") && !MEMORY_STREAMS.contains(name))
                  || (name.startsWith("java.net.") && !NET_VALUES.contains(name))
                  || name.startsWith("java.nio.file.")
                  || name.startsWith("java.nio.channels.")
                  || name.startsWith("java.sql.")
                  || name.startsWith("javax.net.")
                  || name.startsWith("io.netty.")
                  || name.equals("java.lang.ProcessBuilder")
                  || name.equals("java.lang.Process");
            });
    return pure().should().dependOnClassesThat(world).because(PURITY).allowEmptyShould(true);
  }

  public ArchRule pureRoomsHaveNoThreadsOrLoggers() {
    return pure()
        .should()
        .dependOnClassesThat(
            describe(
                "are threads, executors or loggers",
                type ->
                    type.getName().equals("java.lang.Thread")
                        || type.getName().startsWith("java.lang.Thread$")
                        || type.getName().startsWith("java.lang.System$Logger")
                        || type.getName().equals("java.util.concurrent.ExecutorService")
                        || type.getName().equals("java.util.concurrent.Executors")
                        || type.getName().equals("java.util.concurrent.CompletableFuture")
                        || type.getName().equals("java.util.Timer")
                        || type.getName().startsWith("org.slf4j.")
                        || type.getName().startsWith("java.util.logging.")))
        .because(PURITY)
        .allowEmptyShould(true);
  }

  public ArchRule pureRoomsHaveNoClockOrChance() {
    DescribedPredicate<JavaAccess<?>> ambient =
        describe(
            "ask for the time, for randomness, for the system or for a name's address",
            access -> {
              String owner = access.getTargetOwner().getName();
              String member = access.getTarget().getName();
              return (owner.startsWith("java.time.")
                      && (member.equals("now") || member.startsWith("system")))
                  || (owner.equals("java.lang.System") && !member.equals("arraycopy"))
                  || owner.equals("java.lang.Runtime")
                  || owner.startsWith("java.util.random.")
                  || Set.of("java.util.Random", "java.util.concurrent.ThreadLocalRandom")
                      .contains(owner)
                  || owner.equals("java.security.SecureRandom")
                  || (owner.equals("java.util.UUID") && member.equals("randomUUID"))
                  || (owner.equals("java.lang.Math") && member.equals("random"))
                  || (owner.equals("java.net.InetAddress")
                      && !Set.of("ofLiteral", "getByAddress", "getAddress", "getHostAddress")
                          .contains(member));
            });
    return pure().should().accessTargetWhere(ambient).because(PURITY).allowEmptyShould(true);
  }

  public ArchRule privateKeysStayInKeys() {
    return noClasses()
        .that()
        .resideOutsideOfPackage(in("keys"))
        .should()
        .dependOnClassesThat(assignableTo(PrivateKey.class).or(assignableTo(KeyPair.class)))
        .because("one room holds private keys; the others have a Signer or a KeyManager")
        .allowEmptyShould(true);
  }

  public ArchRule onlyIssuersSign() {
    return noClasses()
        .that()
        .resideOutsideOfPackages(packages("authority", "revocation"))
        .and()
        .doNotHaveFullyQualifiedName(root + ".x509.Signer") // one of its ways uses the other
        .and()
        .doNotHaveFullyQualifiedName(root + ".enrol.AppleProfile$Signing") // with a server's key
        .should()
        .callMethodWhere(
            describe(
                "is Signer.sign",
                call ->
                    call.getTarget().getName().equals("sign")
                        && call.getTargetOwner().isAssignableTo(root + ".x509.Signer")))
        .because("what is signed was prepared, checked and recorded first")
        .allowEmptyShould(true);
  }

  public ArchRule onlyTheCommandLineTouchesTheProcess() {
    DescribedPredicate<JavaAccess<?>> process =
        describe(
            "print, exit or read the environment",
            access -> {
              String member = access.getTarget().getName();
              return switch (access.getTargetOwner().getName()) {
                case "java.lang.System" ->
                    member.matches("out|err|in|exit|getenv|console|setOut|setErr|setProperty");
                case "java.lang.Runtime" -> member.matches("exit|halt|addShutdownHook");
                default -> false;
              };
            });
    return noClasses()
        .that()
        .resideOutsideOfPackage(in("cli"))
        .should()
        .accessTargetWhere(process)
        .because("cli alone reads the environment, prints and exits")
        .allowEmptyShould(true);
  }

  public ArchRule httpStaysAtTheWire() {
    return noClasses()
        .that()
        .resideOutsideOfPackages(packages(SPEAK_HTTP))
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.netty.handler.codec.http..", "io.netty.handler.codec.http2..")
        .because("a refusal becomes a status at the wire and nowhere else")
        .allowEmptyShould(true);
  }

  public ArchRule namesSayWhatThingsAre() {
    DescribedPredicate<JavaClass> wordOfTls =
        assignableTo("javax.net.ssl.KeyManager").or(assignableTo("javax.net.ssl.TrustManager"));
    return noClasses()
        .that()
        .resideOutsideOfPackage(in(TEMPLATES))
        .and(DescribedPredicate.not(wordOfTls.as("take their noun from JSSE")))
        .should()
        .haveNameMatching("(.*[.$])?(" + UNHELPFUL_NAME.pattern() + ")")
        .because("such names say that nobody knew what the class is")
        .allowEmptyShould(true);
  }

  public ArchRule noGettersOrSetters() {
    return methods()
        .that()
        .arePublic()
        .and()
        .areDeclaredInClassesThat()
        .resideOutsideOfPackage(in(TEMPLATES))
        .should(beNamedForTheirAnswer())
        .because("accessors carry the noun alone, and values do not change")
        .allowEmptyShould(true);
  }

  public ArchRule packagesAreNullMarked() {
    return classes()
        .that()
        .resideOutsideOfPackage(in(TEMPLATES))
        .should(
            new ArchCondition<JavaClass>("reside in a @NullMarked package") {
              @Override
              public void check(JavaClass type, ConditionEvents events) {
                boolean marked = type.getPackage().isAnnotatedWith(NullMarked.class);
                events.add(
                    new SimpleConditionEvent(type, marked, type.getPackageName() + ", " + type));
              }
            })
        .because("NullAway looks at @NullMarked code only")
        .allowEmptyShould(true);
  }

  public ArchRule domainFieldsAreFinal() {
    return fields()
        .that()
        .areDeclaredInClassesThat(
            resideInAnyPackage(packages("x509", "path", "revocation", "access", "authority"))
                .or(resideInAPackage(in("config")).and(describe("records", JavaClass::isRecord))))
        .should()
        .beFinal()
        .because("values do not change, so threads may share them")
        .allowEmptyShould(true);
  }

  private static final String PURITY =
      "time, randomness, keys, files and sockets come in through constructors";

  private com.tngtech.archunit.lang.syntax.elements.GivenClassesConjunction pure() {
    return noClasses().that().resideInAnyPackage(packages(PURE));
  }

  private static ArchCondition<JavaMethod> beNamedForTheirAnswer() {
    return new ArchCondition<>("not start with get or set unless a foreign type wants it") {
      @Override
      public void check(JavaMethod method, ConditionEvents events) {
        String name = method.getName();
        boolean bean =
            name.matches("get[A-Z].*")
                || (name.matches("set[A-Z].*") && method.getRawParameterTypes().size() == 1);
        if (bean && !overrides(method) && !method.getModifiers().contains(JavaModifier.BRIDGE)) {
          events.add(SimpleConditionEvent.violated(method, method.getFullName()));
        }
      }
    };
  }

  private static boolean overrides(JavaMethod method) {
    String[] parameters =
        method.getRawParameterTypes().stream().map(JavaClass::getName).toArray(String[]::new);
    List<JavaClass> parents = new ArrayList<>(method.getOwner().getAllRawSuperclasses());
    parents.addAll(method.getOwner().getAllRawInterfaces());
    return parents.stream()
        .anyMatch(parent -> parent.tryGetMethod(method.getName(), parameters).isPresent());
  }

  private static List<String> rooms() {
    return LEVELS.stream().flatMap(Set::stream).toList();
  }

  private String in(String room) {
    return root + "." + room + "..";
  }

  private String[] packages(String... rooms) {
    String[] patterns = new String[rooms.length];
    for (int i = 0; i < rooms.length; i++) {
      patterns[i] = in(rooms[i]);
    }
    return patterns;
  }
}
