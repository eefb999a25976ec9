package dev.postern.console;

import dev.postern.access.User;
import dev.postern.ledger.Invitations;
import dev.postern.ledger.UserQuery;
import dev.postern.ledger.Users;
import dev.postern.web.JsonBody;
import dev.postern.web.Pages;
import dev.postern.web.Reply;
import dev.postern.web.Routes.Call;
import dev.postern.x509.MalformedException;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** {@code /users} and {@code /groups}. */
final class UserApi {
  private static final Pattern VALIDITY = Pattern.compile("([0-9]{1,4})([mhd])");
  private static final Duration SHORTEST = Duration.ofMinutes(5);

  private final Users users;
  private final People people;
  private final Inviting inviting;
  private final Pages pages;

  UserApi(ConsoleServices services, Pages pages) {
    this.users = services.ledger().users();
    this.people = new People(users);
    this.inviting = services.inviting();
    this.pages = pages;
  }

  void addTo(Api api) {
    api.get("/users", this::list)
        .post("/users", this::add)
        .get("/users/{name}", this::one)
        .patch("/users/{name}", this::change)
        .postForSecret("/users/{name}/invitations", this::invite)
        .get("/groups", this::groups);
  }

  /** What a list of users is asked by; {@code after} is a name. */
  static UserQuery query(Filters filters, int limit) throws MalformedException {
    return new UserQuery(
        filters.text("text"),
        filters.text("group"),
        state(filters.text("state")),
        filters.text("after"),
        limit);
  }

  private static Optional<User.State> state(Optional<String> word) throws MalformedException {
    Optional<User.State> state =
        word.flatMap(given ->
            Arrays.stream(User.State.values())
                .filter(each -> each.name().toLowerCase(Locale.ROOT).equals(given))
                .findFirst());
    if (word.isPresent() && state.isEmpty()) {
      throw new MalformedException("state", "is enabled or disabled");
    }
    return state;
  }

  private Reply list(Call call) throws MalformedException {
    Filters filters = Filters.of(call, "text", "group", "state", "limit", "after");
    int limit = filters.limit();
    List<User> found = users.list(query(filters, limit + 1));
    List<User> shown = found.subList(0, Math.min(limit, found.size()));
    return Api.page(
        shown.stream().map(user -> Views.json(user)).toList(),
        found.size() > limit ? Optional.of(shown.getLast().name()) : Optional.empty());
  }

  private Reply add(Call call) throws MalformedException {
    JsonBody body = JsonBody.of(call.exchange(), "name", "displayName", "email", "groups");
    String name = body.required("name");
    var user =
        new User(
            name,
            body.text("displayName").orElse(name),
            body.text("email").filter(address -> !address.isBlank()),
            new HashSet<>(body.texts("groups").orElse(List.of())),
            User.State.ENABLED);
    return switch (people.add(user, Visitor.in(call.exchange()).requester())) {
      case People.Outcome.Done(User done) ->
          shown(201, done).with("location", Api.ROOT + "/users/" + done.name());
      case People.Outcome.Refused(var problem) -> pages.tell(call.exchange(), problem);
    };
  }

  private static Reply shown(int status, User user) {
    return Reply.json(status, Views.json(user)).with("etag", Views.entityTag(user));
  }

  private Reply one(Call call) {
    return users
        .named(call.named("name"))
        .map(user -> shown(200, user))
        .orElseGet(() -> unknown(call));
  }

  private Reply unknown(Call call) {
    return pages.tell(call.exchange(), Refusal.notFound("there is no user " + call.named("name")));
  }

  private Reply change(Call call) throws MalformedException {
    JsonBody body = JsonBody.of(call.exchange(), "displayName", "email", "groups", "state");
    Optional<Set<String>> groups = body.texts("groups").map(HashSet::new);
    var edit =
        new People.Edit(
            body.text("displayName"), body.text("email"), groups, state(body.text("state")));
    Visitor visitor = Visitor.in(call.exchange());
    Optional<String> match = call.exchange().header("if-match");
    People.Outcome outcome =
        people.change(
            call.named("name"),
            user -> match.isEmpty() || matches(match.get(), user),
            edit,
            visitor.user(),
            visitor.requester());
    return switch (outcome) {
      case People.Outcome.Done(User done) -> shown(200, done);
      case People.Outcome.Refused(var problem) -> pages.tell(call.exchange(), problem);
    };
  }

  /** RFC 9110 §13.1.1: compared strongly, so {@code W/"…"} is none of ours. */
  private static boolean matches(String header, User user) {
    return header.strip().equals("*")
        || Arrays.stream(header.split(","))
            .anyMatch(tag -> tag.strip().equals(Views.entityTag(user)));
  }

  private Reply invite(Call call) throws MalformedException {
    JsonBody body = JsonBody.of(call.exchange(), "device", "validity");
    Duration validity = validity(body.text("validity").orElse("24h"));
    Optional<User> user = users.named(call.named("name"));
    if (user.isEmpty()) {
      return unknown(call);
    }
    var outcome =
        inviting.invite(
            user.get().name(),
            body.text("device").map(String::strip).filter(device -> !device.isEmpty()),
            validity,
            Visitor.in(call.exchange()).requester());
    return switch (outcome) {
      case Inviting.Refused(String reason) -> pages.tell(call.exchange(), Refusal.invalid(reason));
      case Inviting.Invited(var id, var link, var qrCode, var expires) -> {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("id", id);
        map.put("link", link.toString());
        map.put("qrCode", qrCode);
        map.put("expires", expires.toString());
        yield Reply.json(201, map);
      }
    };
  }

  /** How long an invitation holds: {@code 30m}, {@code 24h}, {@code 7d}. */
  static Duration validity(String text) throws MalformedException {
    var matcher = VALIDITY.matcher(text.strip());
    try {
      if (matcher.matches()) {
        String unit = matcher.group(2);
        Duration validity =
            Duration.parse(
                unit.equals("d")
                    ? "P" + matcher.group(1) + "D"
                    : "PT" + matcher.group(1) + unit.toUpperCase(Locale.ROOT));
        if (validity.compareTo(SHORTEST) >= 0 && validity.compareTo(Invitations.LONGEST) <= 0) {
          return validity;
        }
      }
    } catch (DateTimeException e) {
      // not a time: said below
    }
    throw new MalformedException(
        "validity",
        "is a time like 24h or 7d, from five minutes to " + Invitations.LONGEST.toDays() + " days");
  }

  private Reply groups(Call call) throws MalformedException {
    Filters.of(call);
    return Api.page(
        users.groupSizes().entrySet().stream()
            .map(group -> {
              Map<String, Object> map = new LinkedHashMap<>();
              map.put("name", group.getKey());
              map.put("members", group.getValue());
              return map;
            })
            .toList(),
        Optional.empty());
  }
}
