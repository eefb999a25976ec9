package dev.postern.console;

import dev.postern.access.RequestTarget;
import dev.postern.access.User;
import dev.postern.authority.Ledger.Entry;
import dev.postern.web.Problem;
import dev.postern.web.Reasoning;
import dev.postern.x509.Certificate;
import dev.postern.x509.MalformedException;
import dev.postern.x509.SerialNumber;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** May this user, or who has this certificate, enter there, and why? */
final class Explaining {
  private final ConsoleServices services;

  Explaining(ConsoleServices services) {
    this.services = services;
  }

  /** The answer, or why there is none. */
  sealed interface Outcome {
    record Told(Reasoning reasoning) implements Outcome {}

    record Refused(Problem problem) implements Outcome {}
  }

  /** By {@code user} or {@code serial}, or neither: somebody without a certificate. */
  Outcome explain(Filters filters) throws MalformedException {
    String url = filters.required("url");
    Optional<String> name = filters.text("user");
    Optional<String> serial = filters.text("serial");
    if (name.isPresent() && serial.isPresent()) {
      throw new MalformedException("serial", "and user exclude each other");
    }
    Optional<RequestTarget> target = Reasoning.target(filters.text("method").orElse("GET"), url);
    if (target.isEmpty()) {
      return refused(
          "the gateway refuses this address from everybody: its path can be read in more than one way,"
              + " or the method is none");
    }
    var loaded = services.loaded().get();
    Optional<ConsoleSite> site =
        loaded.sites().stream()
            .filter(each -> each.host().equalsIgnoreCase(target.get().host()))
            .findFirst();
    if (site.isEmpty()) {
      return refused(
          "there is no site "
              + target.get().host()
              + "; there are: "
              + loaded.sites().stream().map(ConsoleSite::host).collect(Collectors.joining(", ")));
    }
    if (name.isPresent()) {
      Optional<User> user = services.ledger().users().named(name.get());
      return user.isEmpty()
          ? refused("there is no user " + name.get())
          : new Outcome.Told(Reasoning.byUser(user.get(), site.get().rules(), target.get()));
    }
    List<Certificate> chain = new ArrayList<>();
    if (serial.isPresent()) {
      Optional<Entry> entry = entry(serial.get());
      if (entry.isEmpty()) {
        return refused("no certificate was issued with this serial number");
      }
      chain.add(entry.get().certificate());
    }
    return new Outcome.Told(
        Reasoning.byCertificate(
            loaded.doorkeeper(),
            chain,
            new Reasoning.Place(site.get().rules(), site.get().latecomers(), loaded.ways()),
            target.get(),
            services.clock().instant()));
  }

  /** Whole, or so much of it that it is the only one. */
  private Optional<Entry> entry(String serial) throws MalformedException {
    try {
      String digits = serial.toLowerCase(Locale.ROOT).replace("…", "");
      List<Entry> like = services.ledger().withSerialLike(digits);
      return like.size() == 1
          ? Optional.of(like.getFirst())
          : services.ledger().withSerial(SerialNumber.ofHex(digits));
    } catch (IllegalArgumentException e) {
      throw new MalformedException("serial", "is 4 to 40 hexadecimal digits");
    }
  }

  private static Outcome refused(String why) {
    return new Outcome.Refused(Refusal.invalid(why));
  }
}
