package dev.postern.console;

import dev.postern.web.Pages;
import dev.postern.web.Reply;
import dev.postern.web.Routes;
import dev.postern.x509.Bytes;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The REST API below {@link #ROOT}; {@code openapi.json} there says the same for programs. */
final class Api {
  static final String ROOT = "/api/v1";

  private record Endpoint(String method, String path, Routes.Page page) {}

  private final List<Endpoint> endpoints = new ArrayList<>();
  private final Once once;

  Api(ConsoleServices services, Pages pages) {
    this.once = new Once(services.ledger().answers(), services.clock(), pages);
    new CertificateApi(services, pages).addTo(this);
    new IssuanceApi(services, pages).addTo(this);
    new UserApi(services, pages).addTo(this);
    new InvitationApi(services, pages).addTo(this);
    new OverviewApi(services, pages).addTo(this);
    Reply description = Reply.of(200, "application/json", resource("openapi.json"));
    get("/openapi.json", _ -> description);
  }

  Api get(String path, Routes.Page page) {
    return add("GET", path, page);
  }

  /** Takes an {@code Idempotency-Key}. */
  Api post(String path, Routes.Page page) {
    return add("POST", path, once.around(page));
  }

  /** The answer has a secret in it and is kept nowhere. */
  Api postForSecret(String path, Routes.Page page) {
    return add("POST", path, once.aroundSecret(page));
  }

  Api patch(String path, Routes.Page page) {
    return add("PATCH", path, page);
  }

  private Api add(String method, String path, Routes.Page page) {
    endpoints.add(new Endpoint(method, ROOT + path, page));
    return this;
  }

  void addTo(Routes.Builder routes) {
    for (String beginning : List.of(ROOT, ROOT + "/")) {
      routes.get(beginning, _ -> Reply.seeOther(ROOT + "/openapi.json"));
    }
    endpoints.forEach(each -> routes.add(each.method(), each.path(), each.page()));
  }

  /** As {@code GET /api/v1/users/{name}}. */
  List<String> paths() {
    return endpoints.stream().map(each -> each.method() + " " + each.path()).toList();
  }

  /** Some of a list, and where to go on. */
  static Reply page(List<? extends Map<String, Object>> items, Optional<String> next) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("items", items);
    map.put("next", next.orElse(null));
    return Reply.json(200, map);
  }

  private static Bytes resource(String name) {
    try (InputStream in = Api.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("the build left out " + name);
      }
      return Bytes.of(in.readAllBytes());
    } catch (IOException e) {
      throw new IllegalStateException("cannot read " + name, e);
    }
  }
}
