package dev.postern.enrol;

import dev.postern.ledger.Invitation;
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
  /**
   * What a browser takes as a device's name; an {@code input} would cut a longer one in silence.
   */
  public static final String NAME = "(?=.*\\S).{1,%d}".formatted(Invitation.LONGEST_DEVICE);

  /** How this device comes to trust the organisation's sites. */
  public record Trust(String address, String label, List<String> steps, String fingerprint) {
    public Trust {
      steps = List.copyOf(steps);
    }
  }

  public Trust trust() {
    boolean profile = platform.takesProfile();
    return new Trust(
        profile ? "/root.mobileconfig" : "/root.crt",
        texts.text(profile ? "trust.profile" : "trust.get"),
        platform.steps(texts, "trust"),
        host.root().fingerprint().colonHex());
  }

  /** Whether the file may go from here to a phone: from one it goes nowhere. */
  public boolean handsOver() {
    return host.phone() && !platform.isHandheld();
  }

  public String text(String key) {
    return texts
        .text(key)
        .replace("{person}", person)
        .replace("{organization}", host.organization())
        .replace("{length}", Integer.toString(Invitation.LONGEST_DEVICE));
  }

  public String address() {
    return host.address() + path;
  }

  public String welcome() {
    return host.welcome().orElse("");
  }
}
