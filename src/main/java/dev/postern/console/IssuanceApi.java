package dev.postern.console;

import dev.postern.authority.Issuance;
import dev.postern.authority.Problem;
import dev.postern.authority.Profile;
import dev.postern.authority.Validity;
import dev.postern.web.JsonBody;
import dev.postern.web.Pages;
import dev.postern.web.Reply;
import dev.postern.web.Routes.Call;
import dev.postern.x509.Bytes;
import dev.postern.x509.Certificate;
import dev.postern.x509.CertificationRequest;
import dev.postern.x509.GeneralName;
import dev.postern.x509.MalformedException;
import dev.postern.x509.Pem;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** {@code POST /certificates}: a certificate for a key that was made elsewhere. */
final class IssuanceApi {
  private final Signing signing;
  private final Pages pages;

  IssuanceApi(ConsoleServices services, Pages pages) {
    this.signing = services.signing();
    this.pages = pages;
  }

  void addTo(Api api) {
    api.post("/certificates", this::issue);
  }

  private Reply issue(Call call) throws MalformedException {
    JsonBody body =
        JsonBody.of(call.exchange(), "csr", "profile", "user", "device", "names", "validity");
    List<Problem> problems = new ArrayList<>();
    Optional<Signing.Wish> wish = wish(body, problems);
    if (wish.isEmpty()) {
      return pages.tell(call.exchange(), Refusal.invalid(problems));
    }
    return switch (signing.sign(wish.get(), Visitor.in(call.exchange()).requester())) {
      case Issuance.Refused(List<Problem> reasons) ->
          pages.tell(call.exchange(), Refusal.invalid(reasons));
      case Issuance.Issued(Certificate certificate, List<Certificate> chain) ->
          Reply.json(201, view(wish.get(), certificate, chain))
              .with("location", Api.ROOT + "/certificates/" + certificate.serialNumber().hex());
    };
  }

  /** Empty, with everything that cannot be read in {@code problems}. */
  private static Optional<Signing.Wish> wish(JsonBody body, List<Problem> problems)
      throws MalformedException {
    Optional<CertificationRequest> request = request(body.text("csr"), problems);
    Optional<Profile> profile = profile(body.text("profile"), problems);
    List<GeneralName> names = names(body.texts("names").orElse(List.of()), problems);
    Optional<Duration> validity = validity(body.text("validity"), problems);
    Optional<String> user = said(body.text("user"));
    Optional<String> device = said(body.text("device"));
    return problems.isEmpty()
        ? Optional.of(
            new Signing.Wish(
                request.orElseThrow(), profile.orElseThrow(), user, device, names, validity))
        : Optional.empty();
  }

  private static Optional<String> said(Optional<String> text) {
    return text.map(String::strip).filter(word -> !word.isEmpty());
  }

  private static Optional<CertificationRequest> request(
      Optional<String> text, List<Problem> problems) {
    if (said(text).isEmpty()) {
      problems.add(new Problem("csr", "is missing"));
      return Optional.empty();
    }
    try {
      return Optional.of(CertificationRequest.parse(der(text.get())));
    } catch (MalformedException e) {
      problems.add(new Problem("csr", "is no certificate request: " + e.getMessage()));
      return Optional.empty();
    }
  }

  /** Out of PEM, or base64 of the DER alone. */
  private static Bytes der(String text) throws MalformedException {
    if (text.contains("-----BEGIN ")) {
      for (Pem.Block block : Pem.parse(text)) {
        if (block.label().endsWith(Pem.CERTIFICATE_REQUEST)) {
          return block.content();
        }
      }
      throw new MalformedException("pem", "there is no block CERTIFICATE REQUEST");
    }
    try {
      return Bytes.ofBase64(text);
    } catch (IllegalArgumentException e) {
      throw new MalformedException("certificationRequest", "is neither PEM nor base64");
    }
  }

  private static Optional<Profile> profile(Optional<String> name, List<Problem> problems) {
    if (said(name).isEmpty()) {
      problems.add(new Problem("profile", "is missing"));
      return Optional.empty();
    }
    try {
      return Optional.of(Profile.named(name.get()));
    } catch (IllegalArgumentException e) {
      problems.add(new Problem("profile", String.valueOf(e.getMessage())));
      return Optional.empty();
    }
  }

  private static List<GeneralName> names(List<String> texts, List<Problem> problems) {
    List<GeneralName> names = new ArrayList<>();
    for (String text : texts) {
      try {
        names.add(GeneralName.parse(text));
      } catch (IllegalArgumentException e) {
        problems.add(new Problem("names", String.valueOf(e.getMessage())));
      }
    }
    return names;
  }

  private static Optional<Duration> validity(Optional<String> text, List<Problem> problems) {
    Optional<Duration> validity = text.flatMap(Validity::parse);
    if (text.isPresent() && validity.isEmpty()) {
      problems.add(new Problem("validity", "is a number and s, m, h, d, w or y, like 90d"));
    }
    return validity;
  }

  private static Map<String, Object> view(
      Signing.Wish wish, Certificate certificate, List<Certificate> chain) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("serial", certificate.serialNumber().hex());
    map.put("profile", wish.profile().name());
    map.put("user", certificate.subject().userId().orElse(null));
    map.put("subject", certificate.subject().toString());
    map.put("names", Views.names(certificate));
    map.put("notBefore", certificate.notBefore().toString());
    map.put("notAfter", certificate.notAfter().toString());
    map.put("fingerprint", certificate.fingerprint().hex());
    map.put("pem", Pem.write(certificate));
    map.put("chain", Pem.write(chain));
    return map;
  }
}
