package dev.postern.publish;

import dev.postern.access.RequestTarget;
import dev.postern.ledger.CrlStore.Kind;
import dev.postern.web.AuthorityPage;
import dev.postern.web.Exchange;
import dev.postern.web.Pages;
import dev.postern.web.PlainHandler;
import dev.postern.web.Reply;
import dev.postern.x509.Bytes;
import dev.postern.x509.Certificate;
import dev.postern.x509.Pem;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What is published, by path below the address in the certificates:
 *
 * <pre>
 * /                            a page for people: names, fingerprints, files
 * /ca/&lt;key id&gt;.cer .pem .p7c   a CA certificate; the last with those above it
 * /crl/&lt;key id&gt;.crl            all revoked certificates of a CA
 * /crl/&lt;key id&gt;/&lt;n&gt;.crl        those of one shard; each with its -delta.crl
 * /ocsp  /ocsp/&lt;base64&gt;       OCSP by POST and by GET
 * </pre>
 *
 * For the host of that address, and for whoever comes by the machine's own address.
 */
public final class PublicSite implements PlainHandler {
  private static final Pattern CRL =
      Pattern.compile("([0-9a-f]{8,64})(?:/([0-9]{1,4}))?(-delta)?\\.crl");
  private static final Pattern CA = Pattern.compile("([0-9a-f]{8,64})\\.(cer|pem|p7c)");
  private static final Pattern ADDRESS = Pattern.compile("localhost|[0-9.]+|\\[.*]|.*:.*");

  private final String host;
  private final String base;
  private final List<CaCertificate> authorities;
  private final PublishedCrls crls;
  private final Supplier<Optional<PublicFile>> rootCrl;
  private final OcspService ocsp;
  private final InstantSource clock;
  private final Pages pages = new Pages();

  /** Who publishes: the issuing CA first, then those above it, the root last. */
  public PublicSite(
      URI address,
      List<Certificate> chain,
      PublishedCrls crls,
      Supplier<Optional<RootCrl>> rootCrl,
      OcspService ocsp,
      InstantSource clock) {
    this.host = address.getHost();
    this.base = address.getRawPath() == null ? "" : address.getRawPath();
    this.authorities = CaCertificate.chain(chain);
    this.crls = crls;
    this.rootCrl = () -> rootCrl.get().map(RootCrl::file);
    this.ocsp = ocsp;
    this.clock = clock;
  }

  @Override
  public boolean covers(RequestTarget target) {
    return below(target.path())
            .filter(path ->
                path.isEmpty()
                    || path.equals("/")
                    || path.equals("/ocsp")
                    || path.startsWith("/ocsp/")
                    || path.startsWith("/crl/")
                    || path.startsWith("/ca/"))
            .isPresent()
        && (target.host().equals(host) || ADDRESS.matcher(target.host()).matches());
  }

  private Optional<String> below(String path) {
    return path.startsWith(base) ? Optional.of(path.substring(base.length())) : Optional.empty();
  }

  @Override
  public Optional<Reply> atOnce(Exchange exchange) {
    return switch (exchange.target().method()) {
      case "POST" ->
          at(exchange).equals("/ocsp") && isOcsp(exchange)
              ? ocsp.again(exchange.body()).map(file -> posted(file.content()))
              : Optional.empty();
      case "GET", "HEAD" ->
          at(exchange).startsWith("/ocsp/")
              ? ocsp.again(decoded(at(exchange).substring("/ocsp/".length())))
                  .map(file -> file.reply(exchange, clock.instant()))
              : Optional.empty();
      default -> Optional.empty();
    };
  }

  private String at(Exchange exchange) {
    return below(exchange.target().path()).orElse("");
  }

  @Override
  public Reply answer(Exchange exchange) {
    String path = at(exchange).replaceFirst("^/ocsp/$", "/ocsp");
    String method = exchange.target().method();
    if (path.equals("/ocsp") && method.equals("POST")) {
      return posted(exchange);
    }
    if (!method.equals("GET") && !method.equals("HEAD")) {
      String allowed = path.equals("/ocsp") ? "POST" : "GET, HEAD";
      return Reply.text(405, "only " + allowed + "\n").with("allow", allowed);
    }
    if (path.equals("/ocsp")) {
      return Reply.text(405, "an OCSP request is posted here, or follows in base64\n")
          .with("allow", "POST");
    }
    if (path.startsWith("/ocsp/")) {
      return asked(exchange, path.substring("/ocsp/".length()));
    }
    if (path.isEmpty() || path.equals("/")) {
      return page(exchange);
    }
    return file(path)
        .map(file -> file.reply(exchange, clock.instant()))
        .orElseGet(() -> Reply.text(404, "there is no such file\n"));
  }

  private Optional<PublicFile> file(String path) {
    if (path.startsWith("/crl/")) {
      return crl(path.substring("/crl/".length()));
    }
    Matcher name = CA.matcher(path.substring("/ca/".length()));
    return name.matches()
        ? authority(name.group(1)).map(authority -> authority.file(name.group(2)))
        : Optional.empty();
  }

  private Optional<CaCertificate> authority(String keyId) {
    return authorities.stream().filter(each -> each.keyId().equals(keyId)).findFirst();
  }

  private Optional<PublicFile> crl(String path) {
    Matcher name = CRL.matcher(path);
    if (!name.matches()) {
      return Optional.empty();
    }
    String keyId = name.group(1);
    if (!keyId.equals(authorities.getFirst().keyId())) {
      return keyId.equals(authorities.getLast().keyId()) && name.group(2) == null
          ? rootCrl.get()
          : Optional.empty();
    }
    return crls.find(
        name.group(2) == null
            ? OptionalInt.empty()
            : OptionalInt.of(Integer.parseInt(name.group(2))),
        name.group(3) == null ? Kind.BASE : Kind.DELTA);
  }

  private Reply posted(Exchange exchange) {
    return isOcsp(exchange)
        ? posted(ocsp.answer(exchange.body()).der())
        : Reply.text(415, "an OCSP request is application/ocsp-request\n");
  }

  private static boolean isOcsp(Exchange exchange) {
    String type = exchange.header("content-type").orElse("");
    int end = type.indexOf(';');
    type = (end < 0 ? type : type.substring(0, end)).strip();
    return type.isEmpty() || type.equalsIgnoreCase("application/ocsp-request");
  }

  private static Reply posted(Bytes answer) {
    return Reply.of(200, PublicFile.OCSP, answer).with("cache-control", "no-store");
  }

  /** RFC 6960 appendix A.1, and RFC 5019 §6 for those who cache. */
  private Reply asked(Exchange exchange, String base64) {
    OcspService.Answer answer = ocsp.answer(decoded(base64));
    return answer.cacheable()
        ? answer.file().reply(exchange, clock.instant())
        : Reply.of(200, PublicFile.OCSP, answer.der()).with("cache-control", "no-store");
  }

  /**
   * Base64 with its slashes, pluses and equals signs escaped or not; whatever else it is, it is no
   * request.
   */
  private static Bytes decoded(String base64) {
    try {
      return Bytes.ofBase64(unescaped(base64));
    } catch (IllegalArgumentException e) {
      return Bytes.of(new byte[0]);
    }
  }

  private static String unescaped(String base64) {
    if (base64.indexOf('%') < 0 && !base64.startsWith("/")) {
      return base64;
    }
    var text = new ByteArrayOutputStream(base64.length());
    for (int i = 0; i < base64.length(); i++) {
      char c = base64.charAt(i);
      if (c == '%' && i + 2 < base64.length()) {
        int high = Character.digit(base64.charAt(i + 1), 16);
        int low = Character.digit(base64.charAt(i + 2), 16);
        text.write(high < 0 || low < 0 ? '!' : high << 4 | low);
        i += 2;
      } else {
        text.write(c);
      }
    }
    return text.toString(StandardCharsets.ISO_8859_1).replaceFirst("^/+", "");
  }

  private Reply page(Exchange exchange) {
    List<AuthorityPage.Authority> shown = new ArrayList<>();
    for (CaCertificate each : authorities.reversed()) {
      boolean root = each == authorities.getLast();
      List<AuthorityPage.Link> links = new ArrayList<>();
      String file = base + "/ca/" + each.keyId();
      links.add(new AuthorityPage.Link("DER (.cer)", file + ".cer"));
      links.add(new AuthorityPage.Link("PEM", file + ".pem"));
      if (each == authorities.getFirst() || (root && rootCrl.get().isPresent())) {
        links.add(new AuthorityPage.Link("CRL", base + "/crl/" + each.keyId() + ".crl"));
      }
      shown.add(new AuthorityPage.Authority(each.certificate(), root, links));
    }
    return pages
        .authorities(shown, exchange.header("accept-language").orElse(""))
        .with("cache-control", "public, max-age=300");
  }

  /** The PEM text of a certificate, as a file. */
  static Bytes pem(Certificate certificate) {
    return Bytes.of(Pem.write(certificate).getBytes(StandardCharsets.US_ASCII));
  }
}
