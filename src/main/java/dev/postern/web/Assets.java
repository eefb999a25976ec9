package dev.postern.web;

import dev.postern.x509.Bytes;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Styles and scripts of a room's pages. They lie under a name made of their content, so a browser
 * may keep them forever and an update is seen at once.
 */
public final class Assets {
  private static final Map<String, String> TYPES =
      Map.of(
          "css", "text/css; charset=utf-8",
          "js", "text/javascript; charset=utf-8",
          "svg", "image/svg+xml");

  private static final Pattern PATH = Pattern.compile("/assets/[0-9a-f]{16}/[a-z0-9.-]+");

  private final Map<String, Bytes> files = new LinkedHashMap<>();
  private final String version;

  private Assets(Map<String, Bytes> files) {
    this.files.putAll(files);
    StringBuilder all = new StringBuilder();
    files.forEach((name, content) -> all.append(name).append(content.sha256().hex()));
    this.version =
        Bytes.of(all.toString().getBytes(StandardCharsets.UTF_8)).sha256().hex().substring(0, 16);
  }

  /** The shared style and icon, and {@code names} that lie beside {@code room} in the program. */
  public static Assets of(Class<?> room, String... names) {
    Map<String, Bytes> files = new LinkedHashMap<>();
    files.put("page.css", read(Assets.class, "page.css"));
    files.put("icon.svg", read(Assets.class, "icon.svg"));
    for (String name : names) {
      files.put(name, read(room, name));
    }
    return new Assets(files);
  }

  private static Bytes read(Class<?> room, String name) {
    try (InputStream in = room.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("the build left out " + name);
      }
      return Bytes.of(in.readAllBytes());
    } catch (IOException e) {
      throw new IllegalStateException("cannot read " + name, e);
    }
  }

  /**
   * Whether a path on one of our own hosts is that of a style or script, of this version or not.
   */
  public static boolean isPath(String path) {
    return path.startsWith("/assets/") && PATH.matcher(path).matches();
  }

  /** Where a page finds the file. */
  public String path(String name) {
    if (!files.containsKey(name)) {
      throw new IllegalArgumentException("there is no " + name);
    }
    return "/assets/" + version + "/" + name;
  }

  /** Has {@code routes} serve them. */
  public Routes.Builder servedBy(Routes.Builder routes) {
    files.forEach((name, content) -> {
      Reply reply =
          Reply.of(200, type(name), content)
              .with("cache-control", "public, max-age=31536000, immutable")
              .with("x-content-type-options", "nosniff")
              .with("cross-origin-resource-policy", "same-origin");
      routes.get(path(name), _ -> reply);
    });
    return routes;
  }

  private static String type(String name) {
    String type = TYPES.get(name.substring(name.lastIndexOf('.') + 1));
    if (type == null) {
      throw new IllegalArgumentException("no media type is known for " + name);
    }
    return type;
  }
}
