package dev.postern.peers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.postern.authority.Authority;
import dev.postern.authority.Issuance;
import dev.postern.authority.IssuerCertificate;
import dev.postern.authority.Order;
import dev.postern.authority.Profile;
import dev.postern.authority.Requester;
import dev.postern.fakes.MemoryLedger;
import dev.postern.fakes.TestSigner;
import dev.postern.keys.Foreign;
import dev.postern.keys.Passphrase;
import dev.postern.keys.Pkcs12;
import dev.postern.keys.Pkcs12.Opening;
import dev.postern.peers.Program.Outcome;
import dev.postern.x509.Bytes;
import dev.postern.x509.Certificate;
import dev.postern.x509.CertificationRequest;
import dev.postern.x509.DistinguishedName;
import dev.postern.x509.GeneralName;
import dev.postern.x509.Pem;
import dev.postern.x509.SerialNumber;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What the enrolment page makes in the browser, made by node: requests for our authority, and files
 * for the programs that people import them with.
 */
@DisplayNameGeneration(ReplaceUnderscores.class)
@TestInstance(Lifecycle.PER_CLASS)
class PageFilesIT {
  private static final String NAME = "Zoë Müller-Ωμέγα (Händy 😀)";
  private static final String WRONG = "aaaaa-bbbbb-ccccc-ddddd";

  @TempDir private static Path folder;

  private final SecureRandom random = new SecureRandom();
  private final TestSigner rootSigner = TestSigner.p256();
  private final TestSigner signer = TestSigner.p256();
  private final Instant then = Instant.now().minusSeconds(60);
  private final Certificate root =
      Authority.root(DistinguishedName.parse("CN=Page Root CA"), rootSigner, serial(), then);
  private final Certificate issuing =
      Authority.issuing(
          DistinguishedName.parse("CN=Page Issuing CA"), signer, root, rootSigner, serial(), then);
  private final Authority authority =
      new Authority(
          new IssuerCertificate(issuing, List.of(root)),
          signer,
          new MemoryLedger(issuing, root),
          this::serial,
          InstantSource.system());
  private final List<PageFile> files = new ArrayList<>();

  /** A file and its password, each in a folder; {@code file:right} and {@code file:wrong}. */
  record PageFile(String kind, String format, Path folder, List<Certificate> chain) {
    Bytes bytes() throws IOException {
      return Bytes.of(Files.readAllBytes(folder.resolve("page.p12")));
    }

    String password() throws IOException {
      return Files.readString(folder.resolve("right"));
    }

    Outcome read(String... words) {
      return Program.in(folder).run(words);
    }

    @Override
    public String toString() {
      return kind + " " + format;
    }
  }

  private SerialNumber serial() {
    return new SerialNumber(new BigInteger(127, random).setBit(126));
  }

  @BeforeAll
  void enrol() throws Exception {
    for (String kind : List.of("EC", "RSA")) {
      var page = EnrolmentModules.in(folder.resolve(kind));
      page.run("page.mjs", "request", kind).succeeded();
      List<Certificate> chain = List.of(issue(request(page)), issuing, root);
      for (String format : List.of("modern", "legacy")) {
        files.add(pack(page, kind, format, chain, NAME));
      }
    }
  }

  private static CertificationRequest request(EnrolmentModules page) throws Exception {
    String text = Files.readString(page.folder().resolve("request.pem"));
    var block = Pem.parse(text).getFirst();
    assertThat(block.label()).isEqualTo(Pem.CERTIFICATE_REQUEST);
    return CertificationRequest.parse(block.content());
  }

  private Certificate issue(CertificationRequest request) {
    var order =
        new Order(
            request.publicKey(),
            DistinguishedName.builder().userId("zoe").commonName("Zoe (phone)").build(),
            List.of(new GeneralName.Rfc822Name("zoe@example.com")),
            Optional.of("zoe"),
            Optional.empty());
    Issuance issuance = authority.sign(request, order, Profile.CLIENT, new Requester("page"));
    assertThat(issuance).isInstanceOf(Issuance.Issued.class);
    return ((Issuance.Issued) issuance).certificate();
  }

  /** Into a folder of its own. */
  private static PageFile pack(
      EnrolmentModules page, String kind, String format, List<Certificate> chain, String name)
      throws IOException {
    Files.writeString(page.folder().resolve("chain.pem"), Pem.write(chain));
    Files.writeString(page.folder().resolve("name"), name);
    page.run("page.mjs", "pack", format).succeeded();
    Path to = Files.createTempDirectory(folder, kind + "-" + format);
    Files.move(page.folder().resolve("page.p12"), to.resolve("page.p12"));
    Files.move(page.folder().resolve("password"), to.resolve("right"));
    Files.writeString(to.resolve("wrong"), WRONG);
    return new PageFile(kind, format, to, chain);
  }

  List<PageFile> files() {
    return files;
  }

  @Test
  void the_modules_pass_their_own_tests() {
    EnrolmentModules.in(folder.resolve("modules")).run("modules.test.mjs").succeeded();
  }

  @ParameterizedTest
  @ValueSource(strings = {"EC", "RSA"})
  void a_request_proves_possession_to_OpenSSL_and_to_us(String kind) throws Exception {
    var page = new EnrolmentModules(folder.resolve(kind));
    CertificationRequest request = request(page);
    assertThat(request.provesPossession()).isTrue();
    assertThat(request.subject()).hasToString("CN=enrolment");
    assertThat(request.subjectAlternativeNames()).isEmpty();
    Outcome verified = verify(page, "request.pem", "PEM").succeeded();
    assertThat(verified.out() + verified.err()).contains("verify OK");

    byte[] changed = request.der().toArray();
    changed[changed.length - 1] ^= 1;
    Files.write(page.folder().resolve("changed.der"), changed);
    assertThat(CertificationRequest.parse(Bytes.of(changed)).provesPossession()).isFalse();
    Outcome denied = verify(page, "changed.der", "DER");
    assertThat(denied.out() + denied.err()).doesNotContain("verify OK");
  }

  private static Outcome verify(EnrolmentModules page, String file, String form) {
    return Program.in(page.folder())
        .run("openssl", "req", "-verify", "-noout", "-in", file, "-inform", form);
  }

  @Test
  void an_answer_for_another_key_is_not_packed() throws Exception {
    var page = EnrolmentModules.in(folder.resolve("mixed-up"));
    page.run("page.mjs", "request", "EC").succeeded();
    Files.writeString(page.folder().resolve("chain.pem"), Pem.write(files.getFirst().chain()));
    Files.writeString(page.folder().resolve("name"), NAME);
    assertThat(page.run("page.mjs", "pack", "modern").failed().err()).contains("WrongCertificate");
    assertThat(page.folder().resolve("page.p12")).doesNotExist();
  }

  @ParameterizedTest
  @MethodSource("files")
  void OpenSSL_opens_it_with_the_password_only(PageFile file) throws Exception {
    var blocks = Pem.parse(openssl(file, "right").succeeded().out());
    assertThat(blocks.subList(0, 3).stream().map(Pem.Block::content))
        .isEqualTo(file.chain().stream().map(Certificate::der).toList());
    assertThat(blocks).hasSize(4).last().matches(key -> key.label().equals("PRIVATE KEY"));
    assertThat(openssl(file, "wrong").failed().err()).contains("invalid password");
  }

  private static Outcome openssl(PageFile file, String password) {
    List<String> words =
        new ArrayList<>(List.of("openssl", "pkcs12", "-in", "page.p12", "-nodes", "-passin"));
    words.add("file:" + password);
    if (file.format().equals("legacy")) {
      words.add("-legacy");
    }
    return file.read(words.toArray(String[]::new));
  }

  @ParameterizedTest
  @MethodSource("files")
  void NSS_imports_it_with_the_password_only(PageFile file) {
    file.read("certutil", "-N", "--empty-password", "-d", "sql:.").succeeded();
    pk12util(file, "wrong").failed();
    assertThat(file.read("certutil", "-K", "-d", "sql:.").out()).doesNotContain("Zo");
    assertThat(pk12util(file, "right").succeeded().out()).contains("IMPORT SUCCESSFUL");
    assertThat(file.read("certutil", "-K", "-d", "sql:.").succeeded().out()).contains(NAME);
    assertThat(file.read("certutil", "-L", "-d", "sql:.").succeeded().out())
        .contains(NAME, "u,u,u", "Page Issuing CA", "Page Root CA");
  }

  private static Outcome pk12util(PageFile file, String password) {
    return file.read("pk12util", "-i", "page.p12", "-d", "sql:.", "-w", password, "-K", "");
  }

  @ParameterizedTest
  @MethodSource("files")
  void GnuTLS_opens_it_with_the_password_only(PageFile file) throws Exception {
    String said = certtool(file, file.password()).succeeded().out();
    assertThat(said).contains("Friendly name: " + NAME, "PRIVATE KEY");
    assertThat(said.split("BEGIN CERTIFICATE", -1)).hasSize(1 + 3);
    certtool(file, WRONG).failed();
  }

  private static Outcome certtool(PageFile file, String password) {
    return file.read(
        "certtool", "--p12-info", "--inder", "--infile", "page.p12", "--password", password);
  }

  @ParameterizedTest
  @MethodSource("files")
  void keytool_of_Java_17_lists_it_with_the_password_only(PageFile file) throws Exception {
    assertThat(keytool(file, file.password()).succeeded().out())
        .contains("PrivateKeyEntry", "chain length: 3", "CN=Zoe (phone)");
    assertThat(keytool(file, WRONG).failed().out()).contains("password was incorrect");
  }

  private static Outcome keytool(PageFile file, String password) throws IOException {
    return file.read(
        Foreign.keytool17(), "-list", "-v", "-keystore", "page.p12", "-storepass", password);
  }

  @ParameterizedTest
  @MethodSource("files")
  void Java_opens_it_with_the_password_only(PageFile file) throws Exception {
    KeyStore store = keyStore(file, file.password());
    String alias = NAME.toLowerCase(Locale.ENGLISH);
    assertThat(store.size()).isEqualTo(1);
    assertThat(store.getCertificateChain(alias)).hasSize(3);
    var key = (PrivateKey) store.getKey(alias, file.password().toCharArray());
    String algorithm = file.kind().equals("EC") ? "SHA256withECDSA" : "SHA256withRSA";
    Signature signing = Signature.getInstance(algorithm);
    signing.initSign(key);
    Signature verifying = Signature.getInstance(algorithm);
    verifying.initVerify(store.getCertificate(alias));
    assertThat(verifying.verify(signing.sign())).isTrue();
    assertThatThrownBy(() -> keyStore(file, WRONG)).hasMessageContaining("password");
  }

  private static KeyStore keyStore(PageFile file, String password) throws Exception {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(new ByteArrayInputStream(file.bytes().toArray()), password.toCharArray());
    return store;
  }

  @ParameterizedTest
  @MethodSource("files")
  void we_open_it_with_the_password_only(PageFile file) throws Exception {
    assertThat(open(file, file.password()))
        .isInstanceOfSatisfying(
            Opening.Opened.class,
            opened -> {
              assertThat(opened.certificates()).isEqualTo(file.chain());
              assertThat(opened.keys())
                  .singleElement()
                  .matches(key -> key.matches(file.chain().getFirst()));
              assertThat(opened.friendlyName()).contains(NAME);
            });
    assertThat(open(file, WRONG)).isEqualTo(new Opening.WrongPassword());
  }

  private static Opening open(PageFile file, String password) throws IOException {
    return Pkcs12.open(file.bytes(), Passphrase.of(password.toCharArray()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"EC", "RSA"})
  void a_modern_file_has_the_shape_of_OpenSSLs_own(String kind) throws Exception {
    hasTheShapeOf("-keypbe AES-256-CBC -certpbe AES-256-CBC -macalg sha256", kind, "modern");
  }

  @ParameterizedTest
  @ValueSource(strings = {"EC", "RSA"})
  void a_legacy_file_has_the_shape_of_OpenSSLs_own(String kind) throws Exception {
    hasTheShapeOf("-keypbe PBE-SHA1-3DES -certpbe PBE-SHA1-3DES -macalg sha1", kind, "legacy");
  }

  /** Of the same key, chain and name; OpenSSL's {@code -name} is at the mercy of the locale. */
  private void hasTheShapeOf(String options, String kind, String format) throws Exception {
    var page = new EnrolmentModules(folder.resolve(kind));
    PageFile ours = pack(page, kind, format, files(kind).chain(), "Zoe");
    ours.read("cp", "page.p12", "ours.p12").succeeded();
    Files.writeString(ours.folder().resolve("leaf"), Pem.write(ours.chain().getFirst()));
    Files.writeString(
        ours.folder().resolve("above"), Pem.write(ours.chain().subList(1, ours.chain().size())));
    Program.in(ours.folder())
        .shell(
            "openssl pkcs12 -in ours.p12 -nodes -nocerts -passin file:right -out key && "
                + "openssl pkcs12 -export -inkey key -in leaf -certfile above -name Zoe "
                + options
                + " -passout file:right -out theirs.p12")
        .succeeded();
    assertThat(shape(ours, "ours.p12")).isNotEmpty().isEqualTo(shape(ours, "theirs.p12"));
    assertThat(inside(ours, "ours.p12")).isEqualTo(inside(ours, "theirs.p12"));
    assertThat(inside(ours, "ours.p12")).contains("salt length: 8", "Iteration 2048");
  }

  /** Depths, tags, object identifiers and numbers; of all else only that it is there. */
  private static List<String> shape(PageFile file, String name) {
    String outside = asn1parse(file, name, "0");
    Matcher safe = AUTH_SAFE.matcher(outside);
    assertThat(safe.find()).isTrue();
    return (outside + asn1parse(file, name, safe.group(1)))
        .lines()
        .map(line -> line.replaceFirst("^ *\\d+:", "").replaceFirst("hl=.*?l= *\\d+", ""))
        .map(line -> line.replaceFirst("\\[HEX DUMP].*", ""))
        .toList();
  }

  private static final Pattern AUTH_SAFE =
      Pattern.compile("^ *(\\d+):d=3 .* OCTET STRING", Pattern.MULTILINE);

  private static String asn1parse(PageFile file, String name, String at) {
    List<String> words = new ArrayList<>(List.of("openssl", "asn1parse", "-inform", "DER"));
    words.addAll(List.of("-in", name));
    if (!at.equals("0")) {
      words.addAll(List.of("-strparse", at));
    }
    return file.read(words.toArray(String[]::new)).succeeded().out();
  }

  /** Algorithms, bags, attributes, and the contents in the clear. */
  private static String inside(PageFile file, String name) {
    Outcome read =
        file.read("openssl", "pkcs12", "-in", name, "-nodes", "-info", "-passin", "file:right");
    return read.succeeded().err() + read.out();
  }

  private PageFile files(String kind) {
    return files.stream().filter(file -> file.kind().equals(kind)).findFirst().orElseThrow();
  }
}
