package dev.postern.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a bad file is told: each problem with its line, all at once, and never a stack trace. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class ConfigProblemsTest {
  private static final String GOOD =
      """
      name: Example
      domain: example.com
      tls:
        min: "1.2"
      sites:
        - host: wiki.example.com
          upstream: http://127.0.0.1:3000
          posture: want
          rules:
            - path: /a/**
              allow: users
            - allow: group:staff
      trust:
        - name: partner
          roots: partner.pem
          identity: san.email
      """;

  @Test
  void the_good_twin_is_accepted() {
    assertThat(ConfigFile.parse(GOOD.getBytes(StandardCharsets.UTF_8), Path.of("/")))
        .isInstanceOf(ConfigFile.Accepted.class);
  }

  static Stream<Arguments> mistakes() {
    return Stream.of(
        argumentSet(
            "too few connections",
            "trust:",
            "limits: { connections: 3 }\ntrust:",
            "limits.connections: 3 is not a number between 16 and 10000000"),
        argumentSet(
            "connections in words",
            "trust:",
            "limits: { connections: many }\ntrust:",
            "limits.connections: many is not a number between 16 and 10000000"),
        argumentSet(
            "grace too long",
            "trust:",
            "pages: { grace: 91d }\ntrust:",
            "pages.grace: 91d is not between 0d and 90d"),
        argumentSet(
            "grace without a unit",
            "trust:",
            "pages: { grace: 7 }\ntrust:",
            "pages.grace: a duration is a number and ms, s, m, h or d, as 30s; not 7"),
        argumentSet(
            "grace without self-service",
            "trust:",
            "pages: { grace: 7d, me: off }\ntrust:",
            "pages.grace: needs the pages me and enrol, where people renew, and one of them is off"),
        argumentSet(
            "grace without enrolment",
            "trust:",
            "pages: { grace: 7d, enrol: off }\ntrust:",
            "pages.grace: needs the pages me and enrol"),
        argumentSet(
            "expiry of no kind",
            "    posture: want",
            "    posture: want\n    expiry: banner",
            "line 9: sites[0].expiry: expected one of off, header, page, both, not banner"),
        argumentSet(
            "expiry without certificates",
            "    posture: want",
            "    posture: never\n    expiry: header",
            "sites[0].expiry: needs a posture that asks for certificates"),
        argumentSet(
            "a page that leads nowhere",
            "      - allow: group:staff",
            "      - allow: group:staff\n    expiry: page\npages: { me: off }",
            "pages.me: the page that site wiki.example.com wants by its key expiry needs the pages me and enrol"),
        argumentSet(
            "unknown key",
            "    posture: want",
            "    postrue: want",
            "line 8: sites[0].postrue: is not a key here; did you mean posture?"),
        argumentSet(
            "swapped letters",
            "name: Example",
            "anme: Example",
            "line 1: anme: is not a key here; did you mean name?"),
        argumentSet(
            "nothing near",
            "name: Example",
            "name: Example\nzzzzzz: 1",
            "line 2: zzzzzz: is not a key here; known are name, domain"),
        argumentSet(
            "key twice",
            "tls:",
            "domain: example.org\ntls:",
            "line 3: domain: stands here twice; first in line 2"),
        argumentSet(
            "key twice in a list",
            "    posture: want",
            "    posture: want\n    posture: never",
            "line 9: sites[0].posture: stands here twice; first in line 8"),
        argumentSet(
            "missing at the top", "domain: example.com\n", "", "line 1: domain: is missing"),
        argumentSet(
            "missing in a site",
            "    upstream: http://127.0.0.1:3000\n",
            "",
            "line 6: sites[0].upstream: is missing"),
        argumentSet(
            "no value", "name: Example", "name:", "line 1: name: expected text, nothing is there"),
        argumentSet(
            "list for text",
            "name: Example",
            "name: [a]",
            "line 1: name: expected text, a list is there"),
        argumentSet(
            "text for keys",
            "tls:\n  min: \"1.2\"",
            "tls: jdk",
            "line 3: tls: expected keys and values, text is there"),
        argumentSet(
            "keys for a list",
            "sites:\n",
            "sites:\n  a: b\nlimits:\n",
            "sites: expected a list, keys and values are there"),
        argumentSet(
            "text for a site",
            "sites:\n",
            "sites:\n  - wiki\n",
            "line 6: sites[0]: expected keys and values, text is there"),
        argumentSet(
            "publish over https",
            "name: Example",
            "name: Example\npublish: { url: 'https://pki.example.com' }",
            "line 2: publish.url: an address to publish at is http://host"),
        argumentSet(
            "publish with a query",
            "name: Example",
            "name: Example\npublish: { url: 'http://pki.example.com/?x' }",
            "line 2: publish.url: an address to publish at is http://host"),
        argumentSet(
            "publish nowhere",
            "name: Example",
            "name: Example\npublish: { url: 'http:///crl' }",
            "line 2: publish.url: an address to publish at is http://host"),
        argumentSet(
            "publish at a name that is none",
            "name: Example",
            "name: Example\npublish: { url: 'http://pki_.example.com' }",
            "line 2: publish.url: "),
        argumentSet(
            "no shards",
            "name: Example",
            "name: Example\npublish: { crl: { shards: 0 } }",
            "line 2: publish.crl.shards: expected a number from 1 to 1000, not 0"),
        argumentSet(
            "lists signed too late",
            "name: Example",
            "name: Example\npublish: { crl: { validity: 1d, every: 1d } }",
            "line 2: publish.crl.every: a new list is needed"),
        argumentSet(
            "deltas too seldom",
            "name: Example",
            "name: Example\npublish: { crl: { every: 1h, delta: 1h } }",
            "line 2: publish.crl.delta: is of use only"),
        argumentSet(
            "word",
            "min: \"1.2\"",
            "min: \"1.1\"",
            "line 4: tls.min: expected one of 1.2, 1.3, not 1.1"),
        argumentSet(
            "default host",
            "min: \"1.2\"",
            "default-host: a.example.com",
            "line 4: tls.default-host: is none of the sites: a.example.com"),
        argumentSet(
            "host",
            "host: wiki.example.com",
            "host: wiki_a",
            "line 6: sites[0].host: not a host name: wiki_a"),
        argumentSet(
            "wildcard",
            "host: wiki.example.com",
            "host: '*.example.com'",
            "each host needs its own entry"),
        argumentSet(
            "umlaut",
            "host: wiki.example.com",
            "host: bücher.example",
            "write xn--bcher-kva.example"),
        argumentSet(
            "address", "host: wiki.example.com", "host: 10.0.0.1", "an address is not a host name"),
        argumentSet(
            "own host",
            "host: wiki.example.com",
            "host: enrol.example.com",
            "pages.enrol: enrol.example.com is one of the sites already; name another, or say enrol: off"),
        argumentSet(
            "own hosts",
            "trust:",
            "pages: { enrol: x.example.com, me: x.example.com }\ntrust:",
            "pages.me: x.example.com is pages.enrol already; name another, or say me: off"),
        argumentSet(
            "port of links",
            "trust:",
            "pages: { port: 0 }\ntrust:",
            "pages.port: expected a port from 1 to 65535, not 0"),
        argumentSet(
            "contact",
            "trust:",
            "pages: { contact: \"javascript:alert(1)\" }\ntrust:",
            "pages.contact: people are sent to an e-mail address or an https:// page"),
        argumentSet(
            "key of browsers",
            "trust:",
            "pages: { key: rsa1024 }\ntrust:",
            "pages.key: expected one of p256, rsa2048, not rsa1024"),
        argumentSet(
            "same host",
            "trust:",
            "  - host: WIKI.example.com\n    upstream: http://a\n    rules: [{ allow: users }]\ntrust:",
            "line 13: sites[1].host: wiki.example.com stands in line 6 already"),
        argumentSet(
            "upstream path",
            "http://127.0.0.1:3000",
            "http://127.0.0.1:3000/wiki",
            "line 7: sites[0].upstream: an upstream is http://host:port"),
        argumentSet("upstream scheme", "http://127.0.0.1:3000", "ftp://a", "not ftp://a"),
        argumentSet(
            "upstream password",
            "http://127.0.0.1:3000",
            "http://u:p@a",
            "line 7: sites[0].upstream"),
        argumentSet(
            "upstream port",
            "http://127.0.0.1:3000",
            "http://a:70000",
            "line 7: sites[0].upstream"),
        argumentSet(
            "upstream ca without TLS",
            "upstream: http://127.0.0.1:3000",
            "upstream: h2c://127.0.0.1:3000\n    upstream-ca: a.pem",
            "line 8: sites[0].upstream-ca: needs an https:// upstream"),
        argumentSet(
            "upstream ca",
            "    posture: want",
            "    upstream-ca: a.pem",
            "line 8: sites[0].upstream-ca: needs an https:// upstream"),
        argumentSet(
            "header",
            "    posture: want",
            "    headers: [remote-usr]",
            "line 8: sites[0].headers[0]: expected one of remote-user, forwarded"),
        argumentSet(
            "half a certificate",
            "    posture: want",
            "    certificate: { chain: a.pem }",
            "line 8: sites[0].certificate.key: is missing"),
        argumentSet(
            "size",
            "    posture: want",
            "    max-body: 10MB",
            "line 8: sites[0].max-body: a size is a number and B, KiB, MiB or GiB"),
        argumentSet(
            "size out of range",
            "    posture: want",
            "    max-body: 0B",
            "0B is not between 1 and"),
        argumentSet(
            "duration",
            "    posture: want",
            "    timeouts: { connect: 5 }",
            "line 8: sites[0].timeouts.connect: a duration is a number and ms, s, m, h or d"),
        argumentSet(
            "duration out of range",
            "    posture: want",
            "    timeouts: { connect: 8d }",
            "8d is not between 100ms and 7d"),
        argumentSet(
            "no rules",
            "      - path: /a/**\n        allow: users\n      - allow: group:staff\n",
            "      []\n",
            "line 9: sites[0].rules: has no rule, so nobody could enter"),
        argumentSet(
            "rules without value",
            "      - path: /a/**\n        allow: users\n      - allow: group:staff\n",
            "",
            "line 9: sites[0].rules: expected a list, nothing is there"),
        argumentSet(
            "rule path",
            "path: /a/**",
            "path: /a/*/b",
            "line 10: sites[0].rules[0].path: a path may end in /* or /**"),
        argumentSet("rule folder", "path: /a/**", "path: /a/", "for a folder write /folder/**"),
        argumentSet(
            "rule method",
            "path: /a/**",
            "methods: [get]",
            "line 10: sites[0].rules[0].methods[0]: a method is written in capitals"),
        argumentSet(
            "rule without methods",
            "path: /a/**",
            "methods: []",
            "names no method; leave it out to mean all"),
        argumentSet(
            "rule who",
            "allow: users",
            "allow: staff",
            "line 11: sites[0].rules[0].allow: allow takes anyone, users, nobody"),
        argumentSet(
            "rule nobody",
            "allow: users",
            "allow: []",
            "names nobody; to close a path write nobody"),
        argumentSet(
            "rule without allow",
            "        allow: users\n",
            "",
            "line 10: sites[0].rules[0].allow: is missing"),
        argumentSet(
            "anyone and others",
            "allow: users",
            "allow: [anyone, users]",
            "anyone and nobody stand alone"),
        argumentSet(
            "rule behind a catch-all",
            "path: /a/**",
            "path: /**",
            "line 12: sites[0].rules[1]: can never decide: the rule in line 10 comes first"),
        argumentSet(
            "posture never",
            "posture: want",
            "posture: never",
            "line 12: sites[0].rules[1]: lets nobody in: with posture never"),
        argumentSet(
            "same trust",
            "    identity: san.email",
            "    identity: san.email\n  - { name: partner, roots: a.pem, identity: serial }",
            "line 17: trust[1].name: partner stands in line 14 already"),
        argumentSet(
            "trust without roots",
            "    roots: partner.pem\n",
            "",
            "line 14: trust[0].roots: is missing"),
        argumentSet(
            "trust in no roots",
            "roots: partner.pem",
            "roots: []",
            "line 15: trust[0].roots: names no CA certificate"),
        argumentSet(
            "trust without identity",
            "    identity: san.email\n",
            "",
            "line 14: trust[0].identity: is missing"),
        argumentSet(
            "identity",
            "identity: san.email",
            "identity: email",
            "line 16: trust[0].identity: identity is one of san.email"),
        argumentSet(
            "revocation that tells nothing",
            "    identity: san.email\n",
            "    identity: san.email\n    revocation: { unknown: allow }\n",
            "line 17: trust[0].revocation.crl: nothing here tells what was revoked"),
        argumentSet(
            "revocation over https",
            "    identity: san.email\n",
            "    identity: san.email\n    revocation: { crl: 'https://a.example/c' }\n",
            "line 17: trust[0].revocation.crl: an address begins with http://"),
        argumentSet(
            "a responder that is none",
            "    identity: san.email\n",
            "    identity: san.email\n    revocation: { ocsp: ask }\n",
            "line 17: trust[0].revocation.ocsp: an address begins with http://"),
        argumentSet(
            "a responder nobody may be led to",
            "    identity: san.email\n",
            "    identity: san.email\n    revocation: { ocsp: true, fetch: configured }\n",
            "line 17: trust[0].revocation.fetch: ocsp: true asks the responder"),
        argumentSet(
            "unknown as a wish",
            "    identity: san.email\n",
            "    identity: san.email\n    revocation: { crl: a.crl, unknown: maybe }\n",
            "line 17: trust[0].revocation.unknown: "),
        argumentSet(
            "identity pattern",
            "identity: san.email",
            "identity: { field: san.email, pattern: '(' }",
            "line 16: trust[0].identity.pattern: not a regular expression: Unclosed group"),
        argumentSet(
            "identity without pattern",
            "identity: san.email",
            "identity: { field: san.email, pattern: }",
            "line 16: trust[0].identity.pattern: expected text, nothing is there"),
        argumentSet(
            "accept",
            "    identity: san.email",
            "    identity: san.email\n    accept: [everything]",
            "line 17: trust[0].accept[0]: expected one of legacy-v1, not everything"),
        argumentSet(
            "home folder",
            "roots: partner.pem",
            "roots: ~/partner.pem",
            "a path is written out, without ~"),
        argumentSet(
            "listen",
            "name: Example",
            "name: Example\nlisten: { https: 8443 }",
            "line 2: listen.https: an address to listen on is :8443"),
        argumentSet(
            "listen twice",
            "name: Example",
            "name: Example\nlisten: { https: ':80', http: ':80' }",
            "line 2: listen.http: is the port of https"),
        argumentSet(
            "tab", "tls:\n", "tls:\n\tengine: jdk\n", "line 4: not YAML: found character '\\t"),
        argumentSet("bracket", "min: \"1.2\"", "min: [", "not YAML: "),
        argumentSet("two documents", "tls:", "---\ntls:", "line 3: not YAML: "),
        argumentSet(
            "merge key",
            "min: \"1.2\"",
            "<<: { min: \"1.2\" }",
            "line 4: tls.<<: is not a key here"),
        argumentSet(
            "key that is a list", "min: \"1.2\"", "? [a]\n  : b", "line 4: tls: a key is text"),
        argumentSet(
            "control character",
            "name: Example",
            "name: Exa\u0007mple",
            "line 1: a character that YAML does not allow: U+0007"),
        argumentSet("odd escape", "name: Example", "name: \"\\UFFFFFFFF\"", "not YAML: "),
        argumentSet(
            "long name",
            "name: Example",
            "name: " + "a".repeat(65),
            "line 1: name: expected one line of 1 to 64 characters"));
  }

  @ParameterizedTest
  @MethodSource("mistakes")
  void a_mistake_is_named_with_its_line(String good, String bad, String expected) {
    assertThat(GOOD).contains(good);
    List<String> problems = problems(GOOD.replace(good, bad));
    assertThat(problems).anySatisfy(problem -> assertThat(problem).contains(expected));
  }

  @Test
  void all_mistakes_are_told_at_once_and_in_order() {
    String bad =
        GOOD.replace("name: Example", "nam: Example")
            .replace("min: \"1.2\"", "min: 2")
            .replace("allow: users", "alow: users")
            .replace("identity: san.email", "identity: cn");
    assertThat(problems(bad))
        .hasSize(6)
        .isSortedAccordingTo(
            java.util.Comparator.comparingInt(
                text -> Integer.parseInt(text.replaceAll("line (\\d+).*", "$1"))));
  }

  @Test
  void somebody_with_endless_mistakes_is_told_the_first_hundred() {
    StringBuilder text = new StringBuilder(GOOD);
    for (int i = 0; i < 1000; i++) {
      text.append("x").append(i).append(": 1\n");
    }
    assertThat(problems(text.toString())).hasSize(100);
  }

  @Test
  void text_that_is_not_utf_8_has_a_line() {
    byte[] bytes = GOOD.getBytes(StandardCharsets.UTF_8);
    bytes[GOOD.indexOf("example.com")] = (byte) 0xff;
    assertThat(ConfigFile.parse(bytes, Path.of("/")))
        .isEqualTo(new ConfigFile.Refused(List.of(new ConfigProblem(2, "", "not UTF-8 text"))));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\n", "# nothing\n", "---\n", "a", "[]", "- a\n- b", "~", "42"})
  void a_file_that_holds_no_keys_is_a_problem(String text) {
    assertThat(problems(text)).isNotEmpty();
  }

  @Test
  void billions_of_laughs_are_not_laughed() {
    StringBuilder text = new StringBuilder("a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n");
    for (int i = 1; i < 20; i++) {
      String items = ("*a" + (i - 1) + ",").repeat(10);
      text.append("a%d: &a%d [%s]\n".formatted(i, i, items));
    }
    assertThat(problems(text.toString())).isNotEmpty();
    assertThat(problems("name: &a [*a]\ndomain: *a\nsites: &b [*b]\n")).isNotEmpty();
    assertThat(problems("&a { name: x, domain: y.example, tls: *a, sites: [*a] }")).isNotEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"[", "{", "- ", "? ", "{a: ", "!!map {", "&a [", "\"", "|", "<<: "})
  void the_deep_and_the_huge_are_problems_at_once(String text) {
    assertThat(problems(text.repeat(10_000))).isNotEmpty();
    assertThat(problems(text.repeat(1024 * 1024))).isNotEmpty();
  }

  @Test
  void tags_load_nothing() {
    assertThat(problems("!!javax.script.ScriptEngineManager [!!java.net.URL [\"http://a/\"]]"))
        .singleElement()
        .asString()
        .startsWith("line 1: not YAML: Global tag is not allowed");
  }

  @Test
  void random_bytes_and_mangled_files_are_problems_or_fine_but_never_a_crash() {
    Random random = new Random(2);
    byte[] good = GOOD.getBytes(StandardCharsets.UTF_8);
    byte[] marks = "\n\t :-[]{}#&*!|>'\"%@`?,\\~\u0000".getBytes(StandardCharsets.UTF_8);
    for (int i = 0; i < 5000; i++) {
      byte[] mangled = good.clone();
      for (int j = 0; j <= i % 8; j++) {
        mangled[random.nextInt(mangled.length)] =
            i % 3 == 0 ? (byte) random.nextInt(256) : marks[random.nextInt(marks.length)];
      }
      check(mangled);
      byte[] garbage = new byte[random.nextInt(100)];
      for (int j = 0; j < garbage.length; j++) {
        garbage[j] = i % 2 == 0 ? (byte) random.nextInt(256) : marks[random.nextInt(marks.length)];
      }
      check(garbage);
    }
  }

  private static void check(byte[] content) {
    if (ConfigFile.parse(content, Path.of("/")) instanceof ConfigFile.Refused(var problems, _)) {
      assertThat(problems)
          .isNotEmpty()
          .allSatisfy(problem -> assertThat(problem.text()).isNotBlank().doesNotContain("\n"));
    }
  }

  private static List<String> problems(String text) {
    return switch (ConfigFile.parse(text.getBytes(StandardCharsets.UTF_8), Path.of("/etc"))) {
      case ConfigFile.Accepted _ -> List.of();
      case ConfigFile.Refused(List<ConfigProblem> problems, _) ->
          problems.stream().map(ConfigProblem::text).toList();
    };
  }
}
