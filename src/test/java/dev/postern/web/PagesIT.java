package dev.postern.web;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.postern.access.Denial;
import dev.postern.fakes.TestAuthority;
import dev.postern.fixtures.browser.Chromium;
import dev.postern.fixtures.browser.Inspection;
import dev.postern.path.PathProblem;
import dev.postern.x509.Certificate;
import dev.postern.x509.Pem;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The pages that a browser does not come to see by itself: it offers only what may fit. */
@DisplayNameGeneration(ReplaceUnderscores.class)
@Timeout(120)
class PagesIT {
  private static final TestAuthority ROOT = TestAuthority.root("Example Root");
  private static final Certificate ALICE = ROOT.clientOf("Alice Example (work laptop)");
  private static final List<Denial> DENIALS =
      List.of(
          new Denial.NotYetValid(ALICE),
          new Denial.UntrustedIssuer(ALICE),
          new Denial.WrongPurpose(ALICE, "no clientAuth"),
          new Denial.InvalidPath(
              new PathProblem(PathProblem.Code.UNTRUSTED_ISSUER, ALICE, "not among them")),
          new Denial.StatusUnknown(ALICE, "the list is too old"),
          new Denial.NoCertificate(),
          new Denial.Expired(ALICE),
          new Denial.Expired(ALICE, Optional.of(TestAuthority.NOW)));

  @Test
  void everybody_can_read_each_of_them(@TempDir Path folder) throws IOException {
    var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/page/", PagesIT::answer);
    server.start();
    Path root = folder.resolve("root.pem");
    Files.writeString(root, Pem.write(ROOT.certificate()));
    try (var chromium = Chromium.in(folder, "reader", root)) {
      for (int i = 0; i < DENIALS.size(); i++) {
        String code = DENIALS.get(i).code();
        chromium.open("http://127.0.0.1:" + server.getAddress().getPort() + "/page/" + i);
        assertThat(chromium.title()).isEqualTo(chromium.text("h1")).isNotEmpty();
        boolean renewable = i == DENIALS.size() - 1;
        Inspection.of(chromium, "page-" + code + (renewable ? "-renewable" : ""));
      }
      for (String page : List.of("unbrought", "authorities")) {
        chromium.open("http://127.0.0.1:" + server.getAddress().getPort() + "/page/" + page);
        assertThat(chromium.title()).isEqualTo(chromium.text("h1")).isNotEmpty();
        Inspection.of(chromium, "page-" + page);
      }
    } finally {
      server.stop(0);
    }
  }

  private static void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      Reply reply = page(exchange.getRequestURI().getPath().substring(6));
      reply.headers().forEach(each -> exchange.getResponseHeaders().add(each.name(), each.value()));
      byte[] body = reply.body().toArray();
      exchange.sendResponseHeaders(reply.status(), body.length);
      exchange.getResponseBody().write(body);
    }
  }

  private static Reply page(String which) {
    var pages = new Pages();
    var ways =
        new Pages.Ways(
            Optional.of(URI.create("https://enrol.example.test/")),
            Optional.of(URI.create("https://me.example.test/")),
            Optional.of("mailto:help@example.test"));
    return switch (which) {
      case "unbrought" -> denied(pages, new Denial.NoCertificate(), ways.fromEnrolment());
      case "authorities" -> {
        List<AuthorityPage.Link> files =
            List.of(
                new AuthorityPage.Link("DER (.cer)", "/ca/1.cer"),
                new AuthorityPage.Link("PEM", "/ca/1.pem"),
                new AuthorityPage.Link("CRL", "/crl/1.crl"));
        yield pages.authorities(
            List.of(
                new AuthorityPage.Authority(ROOT.certificate(), true, files),
                new AuthorityPage.Authority(ALICE, false, files)),
            "en");
      }
      default -> denied(pages, DENIALS.get(Integer.parseInt(which)), ways);
    };
  }

  private static Reply denied(Pages pages, Denial denial, Pages.Ways ways) {
    return pages.render(pages.explain(denial, ways, "/", "7PMQJVMP0Z", "en"), "text/html", "en");
  }
}
