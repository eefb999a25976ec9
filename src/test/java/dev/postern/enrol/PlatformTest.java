package dev.postern.enrol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import dev.postern.web.Language;
import dev.postern.web.Texts;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** By what browsers say of themselves: the guide, the file, and what the device may be called. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class PlatformTest {
  private static final String WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64";
  private static final String MAC = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7";
  private static final String LINUX = "Mozilla/5.0 (X11; Linux x86_64";
  private static final String IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X";
  private static final String CHROME =
      ") AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36";
  private static final String SAFARI =
      ") AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15";
  private static final String MOBILE =
      ") AppleWebKit/605.1.15 (KHTML, like Gecko) %s Mobile/15E148 Safari/604.1";

  private final Language texts = Texts.of("dev.postern.enrol.enrol").in("en");

  static Stream<Arguments> browsers() {
    return Stream.of(
        argumentSet("Chrome, Windows", WINDOWS + CHROME, Platform.WINDOWS, "modern", "Windows PC"),
        argumentSet(
            "Edge, Windows",
            WINDOWS + CHROME + " Edg/141.0.0.0",
            Platform.WINDOWS,
            "modern",
            "Windows PC"),
        argumentSet(
            "Firefox, Windows",
            WINDOWS + "; rv:140.0) Gecko/20100101 Firefox/140.0",
            Platform.FIREFOX,
            "modern",
            "Windows PC"),
        argumentSet("Safari, Mac", MAC + SAFARI, Platform.MACOS, "legacy", "Mac"),
        argumentSet("Chrome, Mac", MAC + CHROME, Platform.MACOS, "legacy", "Mac"),
        argumentSet(
            "Firefox, Mac",
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:140.0) Gecko/20100101 Firefox/140.0",
            Platform.FIREFOX,
            "modern",
            "Mac"),
        argumentSet(
            "Safari, iPhone",
            IPHONE + MOBILE.formatted("Version/18.5"),
            Platform.IOS,
            "legacy",
            "iPhone"),
        argumentSet(
            "Chrome, iPhone",
            IPHONE + MOBILE.formatted("CriOS/141.0.7390.41"),
            Platform.IOS,
            "legacy",
            "iPhone"),
        argumentSet(
            "Firefox, iPhone",
            IPHONE + MOBILE.formatted("FxiOS/140.0"),
            Platform.IOS,
            "legacy",
            "iPhone"),
        argumentSet(
            "Safari, iPad, mobile site asked for",
            IPHONE.replace("iPhone; CPU iPhone", "iPad; CPU") + MOBILE.formatted("Version/18.5"),
            Platform.IOS,
            "legacy",
            "iPad"),
        // The same words as a Mac's: enrol.js looks for fingers.
        argumentSet("Safari, iPad, as it comes", MAC + SAFARI, Platform.MACOS, "legacy", "Mac"),
        argumentSet(
            "Chrome, Android",
            "Mozilla/5.0 (Linux; Android 10; K" + CHROME.replace(" Safari", " Mobile Safari"),
            Platform.ANDROID,
            "legacy",
            "Android phone"),
        argumentSet(
            "Firefox, Android",
            "Mozilla/5.0 (Android 15; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0",
            Platform.ANDROID,
            "legacy",
            "Android phone"),
        argumentSet("Chrome, Linux", LINUX + CHROME, Platform.LINUX, "modern", "Linux PC"),
        argumentSet(
            "Firefox, Linux",
            LINUX + "; rv:140.0) Gecko/20100101 Firefox/140.0",
            Platform.FIREFOX,
            "modern",
            "Linux PC"),
        argumentSet("who says nothing", "", Platform.LINUX, "modern", "Linux PC"));
  }

  @ParameterizedTest
  @MethodSource("browsers")
  void each_has_its_guide_first_its_file_and_its_name(
      String userAgent, Platform platform, String format, String device) {
    Platform found = Platform.of(userAgent);
    assertThat(found).isEqualTo(platform);
    assertThat(found.format()).isEqualTo(format);
    assertThat(found.device(userAgent, texts)).isEqualTo(device);
    assertThat(found.guides(texts))
        .hasSize(Platform.values().length)
        .first()
        .satisfies(guide -> {
          assertThat(guide.word()).isEqualTo(platform.word());
          assertThat(guide.here()).isTrue();
        });
    assertThat(found.guides(texts)).filteredOn(Platform.Guide::here).hasSize(1);
  }
}
