package dev.postern.enrol;

import dev.postern.web.Language;
import java.util.List;
import java.util.Locale;

/**
 * The device and browser that the page is opened on, as far as they say; a guess that hints, no
 * more.
 */
public enum Platform {
  WINDOWS("modern"),
  MACOS("legacy"),
  IOS("legacy"),
  ANDROID("legacy"),
  LINUX("modern"),
  FIREFOX("modern");

  private final String format;

  Platform(String format) {
    this.format = format;
  }

  /**
   * Which PKCS#12 file it opens for certain: macOS, iOS and Android before 14 call a modern one
   * "wrong password".
   */
  public String format() {
    return format;
  }

  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * Firefox has a certificate store of its own, but not on iOS, where all browsers are Safari. An
   * iPad calls itself a Macintosh; only a script can tell, by its touch screen, and {@code
   * enrol.js} does. The file that macOS opens an iPad opens, too.
   */
  static Platform of(String userAgent) {
    if (userAgent.matches(".*(iPhone|iPad|iPod).*")) {
      return IOS;
    }
    if (userAgent.contains("Android")) {
      return ANDROID;
    }
    if (userAgent.contains("Firefox/")) {
      return FIREFOX;
    }
    if (userAgent.contains("Mac OS X")) {
      return MACOS;
    }
    return userAgent.contains("Windows") ? WINDOWS : LINUX;
  }

  /** An iPad may be taken for a Mac; both take a profile as well as a certificate alone. */
  public boolean takesProfile() {
    return this == IOS || this == MACOS;
  }

  /**
   * Whether "password refused" may be the file's fault: where the compatible one is not at once.
   */
  public boolean hasOtherFile() {
    return format.equals("modern");
  }

  /** A telephone, or a tablet that says so. */
  public boolean isHandheld() {
    return this == IOS || this == ANDROID;
  }

  /** What to do one by one, of {@code import} or {@code trust}. */
  List<String> steps(Language texts, String what) {
    return List.of(texts.text(what + "." + word() + ".steps").split(" \\| "));
  }

  /** What the person might call the device. */
  String device(String userAgent, Language texts) {
    if (userAgent.contains("iPad")) {
      return texts.text("device.ipad");
    }
    String system =
        this == FIREFOX
            ? (userAgent.contains("Windows")
                ? WINDOWS.word()
                : userAgent.contains("Mac OS X") ? MACOS.word() : LINUX.word())
            : word();
    return texts.text("device." + system);
  }

  /** How a certificate file comes into its store, step by step. */
  public record Guide(String word, String title, List<String> steps, boolean here) {}

  /** All guides, this platform's first. */
  List<Guide> guides(Language texts) {
    return List.of(values()).stream()
        .sorted((one, other) -> Boolean.compare(other == this, one == this))
        .map(each ->
            new Guide(
                each.word(),
                texts.text("import." + each.word() + ".title"),
                each.steps(texts, "import"),
                each == this))
        .toList();
  }
}
