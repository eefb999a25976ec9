package dev.postern.console;

import dev.postern.access.User;
import dev.postern.ledger.CertificateQuery;
import dev.postern.ledger.EventQuery;
import dev.postern.ledger.Invitation;
import dev.postern.ledger.Invitations.Withdrawal;
import dev.postern.ledger.Page;
import dev.postern.ledger.SqlLedger;
import dev.postern.ledger.Users;
import dev.postern.web.Form;
import dev.postern.web.Reply;
import dev.postern.web.Routes;
import dev.postern.web.Routes.Call;
import dev.postern.x509.MalformedException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** People: the list, one of them, adding, closing, inviting. */
final class UserPages {
  private static final int AT_ONCE = 50;
  private static final int CERTIFICATES = 20;
  private static final int INVITATIONS = 50;
  private static final int EVENTS = 30;

  private final SqlLedger ledger;
  private final Users users;
  private final People people;
  private final Inviting inviting;
  private final InstantSource clock;
  private final Screen screen;

  UserPages(ConsoleServices services, Screen screen) {
    this.ledger = services.ledger();
    this.users = ledger.users();
    this.people = new People(users);
    this.inviting = services.inviting();
    this.clock = services.clock();
    this.screen = screen;
  }

  void addTo(Routes.Builder routes) {
    routes
        .get("/people", this::list)
        .get("/add-person", this::empty)
        .post("/add-person", this::add)
        .get("/people/{name}", call -> one(call, "person"))
        .post("/people/{name}", this::save)
        .get("/people/{name}/disable", call -> one(call, "personState"))
        .post("/people/{name}/disable", call -> state(call, User.State.DISABLED, "disabled"))
        .get("/people/{name}/enable", call -> one(call, "personState"))
        .post("/people/{name}/enable", call -> state(call, User.State.ENABLED, "enabled"))
        .post("/people/{name}/invite", this::invite)
        .post("/people/{name}/invitations/{id}/withdraw", this::withdraw);
  }

  private static String text(String key) {
    return Words.ENGLISH.text(key);
  }

  private Reply list(Call call) throws MalformedException {
    Filters filters = Filters.of(call, "text", "group", "state", "after");
    List<User> found = users.list(UserApi.query(filters, AT_ONCE + 1));
    List<User> shown = found.subList(0, Math.min(AT_ONCE, found.size()));
    Map<String, String> asked = new TreeMap<>(filters.given());
    boolean further = asked.remove("after") != null;
    var content =
        new UsersPage(
            asked,
            shown,
            users.groupSizes(),
            found.size() > AT_ONCE
                ? CertificatePages.address("/people", asked, Optional.of(shown.getLast().name()))
                : null,
            further ? CertificatePages.address("/people", asked, Optional.empty()) : null);
    return screen.show(call, Screen.Page.of("people", text("section.people"), "people", content));
  }

  private Reply empty(Call call) {
    return screen.show(call, addition(new UserPage.Typed("", "", "", "")));
  }

  private static Screen.Page addition(UserPage.Typed typed) {
    var content = new UserPage("", true, typed, "", List.of(), false, List.of(), List.of());
    return Screen.Page.of("people", text("person.add"), "personAdd", content);
  }

  private Reply add(Call call) throws MalformedException {
    UserPage.Typed typed = typed(Form.of(call.exchange()));
    var user =
        new User(
            typed.name(),
            typed.displayName().isEmpty() ? typed.name() : typed.displayName(),
            Optional.of(typed.email()).filter(address -> !address.isEmpty()),
            People.groups(typed.groups()),
            User.State.ENABLED);
    return switch (people.add(user, Visitor.in(call.exchange()).requester())) {
      case People.Outcome.Done(User done) ->
          Reply.seeOther("/people/" + Screen.escaped(done.name()) + "?done=added");
      case People.Outcome.Refused(var problem) -> screen.again(call, addition(typed), problem);
    };
  }

  private static UserPage.Typed typed(Form form) {
    return new UserPage.Typed(
        form.text("name").orElse(""),
        form.text("displayName").orElse(""),
        form.text("email").orElse(""),
        form.text("groups").orElse(""));
  }

  private static UserPage.Typed typed(User user) {
    return new UserPage.Typed(
        user.name(),
        user.displayName(),
        user.email().orElse(""),
        String.join(", ", user.groups().stream().sorted().toList()));
  }

  private Reply one(Call call, String template) {
    return users
        .named(call.named("name"))
        .map(user -> screen.show(call, page(user, typed(user), template)))
        .orElseGet(() -> unknown(call));
  }

  private Reply unknown(Call call) {
    return screen.tell(call, Refusal.notFound("there is no user " + call.named("name")));
  }

  private Screen.Page page(User user, UserPage.Typed typed, String template) {
    Instant now = clock.instant();
    Page certificates = ledger.list(CertificateQuery.ALL.user(user.name()).limit(CERTIFICATES));
    EventQuery about =
        new EventQuery(
            Optional.empty(),
            Optional.of(user.name()),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            EVENTS);
    var content =
        new UserPage(
            user.name(),
            user.state() == User.State.ENABLED,
            typed,
            Views.entityTag(user),
            certificates.entries().stream().map(each -> CertificateRow.of(each, now)).toList(),
            certificates.next().isPresent(),
            ledger
                .invitations()
                .list(Optional.of(user.name()), Optional.empty(), INVITATIONS)
                .stream()
                .map(each -> InvitationRow.of(each, now))
                .toList(),
            ledger.events().list(about).stream().map(EventRow::of).toList());
    return Screen.Page.of("people", user.displayName(), template, content);
  }

  /** Only what the form showed is overwritten: it says which version it was made from. */
  private Reply save(Call call) throws MalformedException {
    Form form = Form.of(call.exchange());
    UserPage.Typed typed = typed(form);
    String version = form.text("version").orElse("");
    var edit =
        new People.Edit(
            Optional.of(typed.displayName()),
            Optional.of(typed.email()),
            Optional.of(People.groups(typed.groups())),
            Optional.empty());
    return changed(call, version, edit, typed, "saved", "person");
  }

  private Reply state(Call call, User.State state, String done) {
    Optional<User> user = users.named(call.named("name"));
    return user.isEmpty()
        ? unknown(call)
        : changed(call, "", People.Edit.NONE.state(state), typed(user.get()), done, "personState");
  }

  /** An empty version: whatever the user is now. */
  private Reply changed(
      Call call,
      String version,
      People.Edit edit,
      UserPage.Typed typed,
      String done,
      String template) {
    Visitor visitor = Visitor.in(call.exchange());
    People.Outcome outcome =
        people.change(
            call.named("name"),
            user -> version.isEmpty() || version.equals(Views.entityTag(user)),
            edit,
            visitor.user(),
            visitor.requester());
    return switch (outcome) {
      case People.Outcome.Done(User user) ->
          Reply.seeOther("/people/" + Screen.escaped(user.name()) + "?done=" + done);
      case People.Outcome.Refused(var problem) ->
          users
              .named(call.named("name"))
              .map(user -> screen.again(call, page(user, typed, template), problem))
              .orElseGet(() -> unknown(call));
    };
  }

  private Reply invite(Call call) throws MalformedException {
    Form form = Form.of(call.exchange());
    Optional<User> known = users.named(call.named("name"));
    if (known.isEmpty()) {
      return unknown(call);
    }
    User user = known.get();
    Duration validity = UserApi.validity(form.text("validity").orElse("24h"));
    return switch (inviting.invite(
        user.name(), form.text("device"), validity, Visitor.in(call.exchange()).requester())) {
      case Inviting.Refused(String reason) ->
          screen.again(call, page(user, typed(user), "person"), Refusal.invalid(reason));
      case Inviting.Invited(var id, var link, var qrCode, var expires) ->
          screen.show(
              call,
              Screen.Page.of(
                      "people",
                      Words.ENGLISH.text("invited.title", user.displayName()),
                      "invited",
                      new InvitedPage(
                          user.displayName(),
                          "/people/" + Screen.escaped(user.name()),
                          InvitationRow.withdrawal(user.name(), id),
                          link.toString(),
                          qrCode,
                          expires))
                  .with("copy.js"));
    };
  }

  private Reply withdraw(Call call) {
    Optional<User> user = users.named(call.named("name"));
    Optional<Invitation> known = ledger.invitations().withId(call.named("id"));
    if (user.isEmpty() || known.filter(each -> each.user().equals(user.get().name())).isEmpty()) {
      return screen.tell(call, Refusal.notFound("there is no such invitation"));
    }
    return switch (ledger
        .invitations()
        .withdraw(known.get().id(), Visitor.in(call.exchange()).requester())) {
      case Withdrawal.Done _ ->
          Reply.seeOther("/people/" + Screen.escaped(user.get().name()) + "?done=withdrawn");
      case Withdrawal.Refused(String reason) ->
          screen.again(
              call, page(user.get(), typed(user.get()), "person"), Refusal.conflict(reason));
    };
  }
}
