package dev.postern.enrol;

import dev.postern.web.Language;
import dev.postern.web.Layout;
import java.util.List;
import java.util.Optional;

/**
 * What {@code enrol/invitation.jte} shows.
 *
 * @param device what the invitation calls the device
 * @param guess what to call it otherwise
 * @param path where the request is sent
 */
public record InvitationPage(
    Layout layout,
    Language texts,
    EnrolHost host,
    String person,
    Optional<String> device,
    String guess,
    String path,
    Platform platform,
    List<Platform.Guide> guides) {
  public String text(String key) {
    return texts
        .text(key)
        .replace("{person}", person)
        .replace("{organization}", host.organization());
  }

  public String address() {
    return host.address() + path;
  }

  public String welcome() {
    return host.welcome().orElse("");
  }
}
