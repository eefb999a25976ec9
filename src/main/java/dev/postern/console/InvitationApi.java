package dev.postern.console;

import dev.postern.ledger.Invitation;
import dev.postern.ledger.Invitations;
import dev.postern.ledger.Invitations.Withdrawal;
import dev.postern.web.JsonBody;
import dev.postern.web.Pages;
import dev.postern.web.Reply;
import dev.postern.web.Routes.Call;
import dev.postern.x509.MalformedException;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/** {@code /invitations}; they are made below their user. */
final class InvitationApi {
  private final Invitations invitations;
  private final InstantSource clock;
  private final Pages pages;

  InvitationApi(ConsoleServices services, Pages pages) {
    this.invitations = services.ledger().invitations();
    this.clock = services.clock();
    this.pages = pages;
  }

  void addTo(Api api) {
    api.get("/invitations", this::list).post("/invitations/{id}/withdrawal", this::withdraw);
  }

  private Reply list(Call call) throws MalformedException {
    Filters filters = Filters.of(call, "user", "limit", "after");
    int limit = filters.limit();
    Optional<Invitation> after = filters.text("after").flatMap(invitations::withId);
    if (after.isEmpty() && filters.text("after").isPresent()) {
      throw new MalformedException("after", "is the next of a page before");
    }
    List<Invitation> found = invitations.list(filters.text("user"), after, limit + 1);
    List<Invitation> shown = found.subList(0, Math.min(limit, found.size()));
    return Api.page(
        shown.stream().map(each -> Views.json(each, clock.instant())).toList(),
        found.size() > limit ? Optional.of(shown.getLast().id()) : Optional.empty());
  }

  private Reply withdraw(Call call) throws MalformedException {
    if (call.exchange().body().size() > 0) {
      JsonBody.of(call.exchange());
    }
    String id = call.named("id");
    if (invitations.withId(id).isEmpty()) {
      return pages.tell(call.exchange(), Refusal.notFound("there is no such invitation"));
    }
    return switch (invitations.withdraw(id, Visitor.in(call.exchange()).requester())) {
      case Withdrawal.Done(Invitation invitation) ->
          Reply.json(200, Views.json(invitation, clock.instant()));
      case Withdrawal.Refused(String reason) ->
          pages.tell(call.exchange(), Refusal.conflict(reason));
    };
  }
}
