package dev.postern.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.access.RequestTarget;
import dev.postern.x509.Bytes;
import dev.postern.x509.MalformedException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RoutesTest {
  private final Assets assets = Assets.of(RoutesTest.class);
  private final Routes routes =
      assets
          .servedBy(Routes.toldBy(new Pages()))
          .get("/", _ -> Reply.text(200, "home"))
          .get("/users/{name}", call -> Reply.text(200, "user " + call.named("name")))
          .get("/search", call -> Reply.text(200, "for " + call.query("q").orElse("-")))
          .post("/users/{name}", call -> Reply.text(200, "changed " + call.named("name")))
          .post("/form", call -> Reply.text(200, Form.of(call.exchange()).text("a").orElse("no a")))
          .post(
              "/json",
              call -> Reply.json(200, Map.of("a", JsonBody.of(call.exchange(), "a").required("a"))))
          .secretBelow("/i/")
          .build();

  private Reply ask(String method, String address, String body, String... headers) {
    Map<String, List<String>> all = new HashMap<>();
    all.put("host", List.of("admin.example.com:8443"));
    for (int i = 0; i < headers.length; i += 2) {
      all.put(headers[i], List.of(headers[i + 1]));
    }
    int mark = address.indexOf('?');
    String path = mark < 0 ? address : address.substring(0, mark);
    return routes.answer(
        new Exchange(
            RequestTarget.of(method, "admin.example.com", path).orElseThrow(),
            mark < 0 ? "" : address.substring(mark),
            all,
            Bytes.of(body.getBytes(StandardCharsets.UTF_8)),
            Optional.empty(),
            "127.0.0.1",
            "REF"));
  }

  private static String text(Reply reply) {
    return new String(reply.body().toArray(), StandardCharsets.UTF_8);
  }

  @Test
  void the_path_finds_the_page() {
    assertThat(text(ask("GET", "/", ""))).isEqualTo("home");
    assertThat(text(ask("HEAD", "/", ""))).isEqualTo("home");
    assertThat(text(ask("GET", "/users/J%C3%BCrgen%2Bx+y", ""))).isEqualTo("user Jürgen+x+y");
    assertThat(text(ask("GET", "/search?q=a%20b+c&q=d", ""))).isEqualTo("for a b c");
    assertThat(ask("GET", "/search?q=%zz", "").status()).isEqualTo(400);
  }

  @Test
  void what_is_not_there_is_said() {
    assertThat(ask("GET", "/nothing", "").status()).isEqualTo(404);
    assertThat(ask("GET", "/users/", "").status()).isEqualTo(404);
    Reply reply = ask("POST", "/", "");
    assertThat(reply.status()).isEqualTo(405);
    assertThat(reply.headers()).contains(new Reply.Header("allow", "GET, HEAD"));
  }

  @ParameterizedTest
  @CsvSource({
    "origin, https://admin.example.com:8443, 200",
    "origin, https://ADMIN.example.com:8443, 200",
    "origin, https://admin.example.com, 403",
    "origin, http://admin.example.com:8443, 403",
    "origin, https://wiki.example.com:8443, 403",
    "origin, null, 403",
    "sec-fetch-site, same-origin, 200",
    "sec-fetch-site, same-site, 403",
    "sec-fetch-site, cross-site, 403",
    "sec-fetch-site, none, 403",
    "user-agent, curl/8, 200",
  })
  void only_its_own_pages_change_something(String header, String value, int status) {
    assertThat(ask("POST", "/users/bob", "", header, value).status()).isEqualTo(status);
    assertThat(ask("GET", "/users/bob", "", header, value).status()).isEqualTo(200);
  }

  @Test
  void forms_of_both_kinds_are_read() {
    String plain = "application/x-www-form-urlencoded";
    assertThat(text(ask("POST", "/form", "b=1&a=%C3%BC+x&a=2", "content-type", plain)))
        .isEqualTo("ü x");
    assertThat(text(ask("POST", "/form", "b=1", "content-type", plain))).isEqualTo("no a");
    String multipart =
        "--xy\r\nContent-Disposition: form-data; name=\"a\"; filename=\"f\"\r\n"
            + "Content-Type: application/octet-stream\r\n\r\nfile's content\r\n--xy--\r\n";
    String type = "multipart/form-data; boundary=xy";
    assertThat(text(ask("POST", "/form", multipart, "content-type", type)))
        .isEqualTo("file's content");
    assertThat(ask("POST", "/form", "a=%zz", "content-type", plain).status()).isEqualTo(400);
    assertThat(ask("POST", "/form", "a=1", "content-type", "text/plain").status()).isEqualTo(400);
    assertThat(ask("POST", "/form", "a=1&".repeat(101), "content-type", plain).status())
        .isEqualTo(400);
    assertThat(ask("POST", "/form", multipart, "content-type", "multipart/form-data").status())
        .isEqualTo(400);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"a\":\"x\"} | 200 | {\"a\":\"x\"}",
        "{\"a\":1} | 400 | a: is a text in quotes",
        "{} | 400 | a: is missing",
        "{\"a\":\"x\",\"b\":1} | 400 | b: is not known here",
        "{\"a\":\"x\",\"a\":\"y\"} | 400 | body: is not JSON",
        "[] | 400 | body: is not a JSON object",
        "{\"a\":\"x\"} {} | 400 | body: is not JSON",
      })
  void json_is_read_strictly(String body, int status, String answer) {
    Reply reply = ask("POST", "/json", body);
    assertThat(reply.status()).isEqualTo(status);
    assertThat(text(reply)).contains(answer);
  }

  @Test
  void deep_json_is_refused() throws MalformedException {
    assertThat(ask("POST", "/json", "{\"a\":" + "[".repeat(100_000)).status()).isEqualTo(400);
  }

  @Test
  void a_file_may_be_kept_forever_under_a_name_made_of_its_content() {
    Reply reply = ask("GET", assets.path("page.css"), "");
    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.headers())
        .contains(new Reply.Header("content-type", "text/css; charset=utf-8"));
    assertThat(ask("GET", "/assets/0000000000000000/page.css", "").status()).isEqualTo(404);
  }

  @Test
  void codes_do_not_reach_the_log() {
    assertThat(routes.logged("/i/secret/x")).isEqualTo("/i/…");
    assertThat(routes.logged("/users/bob")).isEqualTo("/users/bob");
  }
}
