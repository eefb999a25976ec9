package dev.postern;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import dev.postern.access.Trust;
import dev.postern.architecture.HouseRules;
import dev.postern.architecture.SourceRules;
import dev.postern.cli.verify.Verifier;
import dev.postern.path.Era;
import dev.postern.path.PathRules;
import dev.postern.path.PathValidator;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** The rooms keep to design §2 and the style; and each rule is shown to bite. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class ArchitectureTest {
  private static final JavaClasses POSTERN =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("dev.postern");

  private static final HouseRules RULES = new HouseRules("dev.postern");

  /**
   * The process, which ends with code 3, and the connection loop, which hands what Netty throws to
   * the handler that denies.
   */
  private static final Set<String> MAY_CATCH_ALL =
      Set.of("cli/Main.java", "gateway/Http1Stream.java");

  private static final List<SourceRules.Source> SOURCES =
      SourceRules.below(Path.of("src/main/java"));

  @Test
  void arrows_point_down() {
    RULES.layers().check(POSTERN);
  }

  @Test
  void templates_are_for_the_rooms_that_show_pages() {
    RULES.templatesAreForPages().check(POSTERN);
  }

  @Test
  void every_class_has_a_room() {
    RULES.everyClassHasARoom().check(POSTERN);
  }

  @Test
  void rooms_form_no_cycle() {
    RULES.noCycles().check(POSTERN);
  }

  @Test
  void pure_rooms_do_no_input_or_output() {
    RULES.pureRoomsDoNoInputOrOutput().check(POSTERN);
  }

  @Test
  void pure_rooms_have_no_threads_or_loggers() {
    RULES.pureRoomsHaveNoThreadsOrLoggers().check(POSTERN);
  }

  @Test
  void pure_rooms_have_no_clock_and_no_chance() {
    RULES.pureRoomsHaveNoClockOrChance().check(POSTERN);
  }

  @Test
  void private_keys_stay_in_keys() {
    RULES.privateKeysStayInKeys().check(POSTERN);
  }

  @Test
  void only_authority_and_revocation_sign() {
    RULES.onlyIssuersSign().check(POSTERN);
  }

  @Test
  void only_cli_prints_exits_and_reads_the_environment() {
    RULES.onlyTheCommandLineTouchesTheProcess().check(POSTERN);
  }

  @Test
  void http_stays_at_the_wire() {
    RULES.httpStaysAtTheWire().check(POSTERN);
  }

  @Test
  void names_say_what_things_are() {
    RULES.namesSayWhatThingsAre().check(POSTERN);
  }

  @Test
  void nothing_has_getters_or_setters() {
    RULES.noGettersOrSetters().check(POSTERN);
  }

  @Test
  void packages_are_null_marked() {
    RULES.packagesAreNullMarked().check(POSTERN);
  }

  @Test
  void domain_fields_are_final() {
    RULES.domainFieldsAreFinal().check(POSTERN);
  }

  @Test
  void files_and_methods_stay_small() {
    assertThat(SourceRules.longFiles(SOURCES)).isEmpty();
    assertThat(SourceRules.longFiles(SourceRules.below(Path.of("src/test/java")))).isEmpty();
    assertThat(SourceRules.longMethods(SOURCES)).isEmpty();
  }

  @Test
  void nobody_catches_everything() {
    assertThat(SourceRules.catchAlls(SOURCES, MAY_CATCH_ALL)).isEmpty();
  }

  @Test
  void only_the_command_line_asks_about_an_era() {
    noClasses()
        .that()
        .resideOutsideOfPackages("dev.postern.cli..", "dev.postern.path", "dev.postern.revocation")
        .should()
        .dependOnClassesThat()
        .belongToAnyOf(Era.class)
        .orShould()
        .callMethod(PathRules.class, "withEra", Era.class)
        .because("signing in is always judged by today's rules")
        .check(POSTERN);
  }

  @Test
  void there_is_one_validator() {
    noClasses()
        .that()
        .doNotHaveFullyQualifiedName(Trust.class.getName())
        .and()
        .doNotHaveFullyQualifiedName(Verifier.class.getName())
        .and()
        .resideOutsideOfPackage("dev.postern.revocation") // the signers of CRLs
        .should()
        .callMethod(PathValidator.class, "validate", PathValidator.Request.class)
        .check(POSTERN);
    noClasses()
        .should()
        .dependOnClassesThat()
        .haveFullyQualifiedName("java.security.cert.CertPathValidator")
        .check(POSTERN);
  }

  /** Each rule against a class made to break it, and one beside it that keeps it. */
  @Nested
  @DisplayNameGeneration(ReplaceUnderscores.class)
  class Each_rule_can_fail {
    private static final String ROOT = "dev.postern.architecture.violations";
    private static final HouseRules BROKEN = new HouseRules(ROOT);
    private static final JavaClasses FIXTURES = new ClassFileImporter().importPackages(ROOT);

    @Test
    void an_arrow_that_points_up_or_sideways() {
      assertReports(BROKEN.layers(), "x509.KnowsAuthority", "path.KnowsRevocation");
    }

    @Test
    void a_room_that_shows_a_page_it_should_not() {
      assertReports(BROKEN.templatesAreForPages(), "ledger.ShowsPage");
    }

    @Test
    void a_package_outside_the_table() {
      assertReports(BROKEN.everyClassHasARoom(), "stray.Stray");
    }

    @Test
    void a_cycle() {
      assertReports(BROKEN.noCycles(), "x509.KnowsAuthority", "authority.Issues");
    }

    @Test
    void input_and_output_in_a_pure_room() {
      assertReports(
          BROKEN.pureRoomsDoNoInputOrOutput(),
          "x509.ReadsFile.file",
          "x509.ReadsFile.path",
          "x509.ReadsFile.socket",
          "x509.ReadsFile.factory");
      assertSpares(BROKEN.pureRoomsDoNoInputOrOutput(), "x509.ReadsFile.harmless");
    }

    @Test
    void threads_and_loggers_in_a_pure_room() {
      assertReports(
          BROKEN.pureRoomsHaveNoThreadsOrLoggers(), "x509.Ambient.thread", "x509.Ambient.logger");
    }

    @Test
    void clock_and_chance_in_a_pure_room() {
      assertReports(
          BROKEN.pureRoomsHaveNoClockOrChance(),
          "x509.Ambient.now",
          "x509.Ambient.clock",
          "x509.Ambient.chance",
          "x509.Ambient.property",
          "x509.Ambient.address");
      assertSpares(BROKEN.pureRoomsHaveNoClockOrChance(), "x509.Ambient.later");
    }

    @Test
    void a_private_key_outside_keys() {
      assertReports(BROKEN.privateKeysStayInKeys(), "web.HoldsKey");
    }

    @Test
    void a_signature_made_elsewhere() {
      assertReports(BROKEN.onlyIssuersSign(), "web.HoldsKey.sign");
      assertSpares(BROKEN.onlyIssuersSign(), "authority.Issues.sign");
    }

    @Test
    void printing_and_exiting_outside_cli() {
      assertReports(
          BROKEN.onlyTheCommandLineTouchesTheProcess(),
          "ledger.Loud.print",
          "ledger.Loud.exit",
          "ledger.Loud.environment");
    }

    @Test
    void a_status_code_below_the_wire() {
      assertReports(BROKEN.httpStaysAtTheWire(), "authority.Forbids");
      assertSpares(BROKEN.httpStaysAtTheWire(), "web.HoldsKey");
    }

    @Test
    void a_name_that_says_nothing() {
      assertReports(
          BROKEN.namesSayWhatThingsAre(), "ledger.BaseRow", "ledger.RowManager", "BaseRow$Util");
      assertSpares(BROKEN.namesSayWhatThingsAre(), "ledger.Baseline", "web.PinnedTrustManager");
    }

    @Test
    void getters_and_setters() {
      assertReports(
          BROKEN.noGettersOrSetters(), "RowManager.getRow()", "RowManager.setRow(java.lang.String");
      assertSpares(BROKEN.noGettersOrSetters(), "getMessage", "settle", "getaway", "setBoth");
    }

    @Test
    void a_package_without_null_marks() {
      assertReports(BROKEN.packagesAreNullMarked(), "stray.Stray");
      assertSpares(BROKEN.packagesAreNullMarked(), "x509.ReadsFile");
    }

    @Test
    void a_domain_field_that_changes() {
      assertReports(BROKEN.domainFieldsAreFinal(), "authority.Forbids.count");
      assertSpares(BROKEN.domainFieldsAreFinal(), "ledger.RowManager.row");
    }

    @Test
    void a_long_file_and_a_long_method() {
      String body = "    int a;\n".repeat(99);
      var fine = new SourceRules.Source("Fine.java", "class A {\n  void a() {\n    }\n" + body);
      var method =
          new SourceRules.Source(
              "Method.java", "class A {\n  void b() {\n" + body + "  }\n void c() {}\n}");
      var file = new SourceRules.Source("File.java", "// line\n".repeat(601));
      assertThat(SourceRules.longMethods(List.of(fine, method, file)))
          .containsExactly("Method.java: b has 101");
      assertThat(SourceRules.longFiles(List.of(fine, method, file)))
          .containsExactly("File.java has 601 lines");
    }

    @Test
    void a_catch_of_everything() {
      var source =
          new SourceRules.Source(
              "web/Loop.java",
              """
              class Loop {
                void a() {
                  try { b(); } catch (IllegalStateException e) { }
                  try { b(); } catch (Exception e) { }
                  try { b(); } catch (Error | java.lang.Throwable e) { }
                  try (var c = c()) { b(); } finally { b(); } // catch (Exception e)
                }
              }
              """);
      assertThat(SourceRules.catchAlls(List.of(source), Set.of()))
          .containsExactly("web/Loop.java:4", "web/Loop.java:5");
      assertThat(SourceRules.catchAlls(List.of(source), Set.of("web/Loop.java"))).isEmpty();
    }

    private static void assertReports(ArchRule rule, String... evidence) {
      List<String> details = rule.evaluate(FIXTURES).getFailureReport().getDetails();
      Stream.of(evidence)
          .forEach(each -> assertThat(details).anySatisfy(line -> assertThat(line).contains(each)));
    }

    private static void assertSpares(ArchRule rule, String... names) {
      List<String> details = rule.evaluate(FIXTURES).getFailureReport().getDetails();
      assertThat(details).isNotEmpty();
      Stream.of(names)
          .forEach(
              each -> assertThat(details).noneSatisfy(line -> assertThat(line).contains(each)));
    }
  }
}
