package dev.postern.gateway;

import dev.postern.access.Admission;
import dev.postern.access.Denial;
import dev.postern.access.Identity;
import dev.postern.access.RequestTarget;
import dev.postern.access.Rule;
import dev.postern.access.User;
import dev.postern.web.Explanation;
import dev.postern.web.Problem;
import dev.postern.web.Reply;
import dev.postern.web.RequestGuard;
import dev.postern.x509.Bytes;
import dev.postern.x509.Certificate;
import dev.postern.x509.SerialNumber;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http2.Http2Error;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Deque;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One request and its answer: checked, judged, handed to where it is answered, logged. Lives on the
 * client's event loop.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a failed write closes the channel, which is noticed
final class Visit {
  /** As nginx has it: the client went away before there was an answer. */
  private static final int CLIENT_CLOSED_REQUEST = 499;

  private static final String ADMITTED = "admitted";
  private final ClientStream stream;
  private final HttpRequest request;
  private final Instant began;
  private final long beganNanos = System.nanoTime();
  private final String reference = Service.newReference();
  private final boolean bodyless;
  private final boolean expectsContinue;

  private Handling handling = Handling.DISCARD;
  private Snapshot.@Nullable Place place;
  private Snapshot.@Nullable Place addressed;
  private @Nullable RequestTarget target;
  private String query = "";
  private @Nullable Identity identity;
  private @Nullable User refused;
  private @Nullable Rule rule;
  private @Nullable Certificate shown;
  private String verdict = "-";
  private boolean denied;
  private Optional<String> evidence = Optional.empty();
  private long maxBody = Long.MAX_VALUE;
  private boolean requestDone;
  private boolean continued;
  private boolean responseStarted;
  private boolean over;
  private boolean resuming;
  private boolean wanted = true;
  private boolean asking;
  private int status = CLIENT_CLOSED_REQUEST;
  private long bytesIn;
  private long bytesOut;
  private long sentNanos;
  private long answeredNanos;

  Visit(ClientStream stream, HttpRequest request) {
    this.stream = stream;
    this.request = request;
    this.began = stream.service.clock().instant();
    HttpHeaders headers = request.headers();
    this.bodyless =
        !headers.contains(HttpHeaderNames.CONTENT_LENGTH)
            && !headers.contains(HttpHeaderNames.TRANSFER_ENCODING);
    this.expectsContinue =
        !bodyless && headers.contains(HttpHeaderNames.EXPECT, HttpHeaderValues.CONTINUE, true);
    stream.service.opened(this);
  }

  /** Guard, site, Doorkeeper, limits: then somebody answers. */
  void enter() {
    switch (RequestGuard.check(request)) {
      case RequestGuard.Verdict.Unsound(Problem problem) -> refuse(problem, true);
      case RequestGuard.Verdict.Sound(RequestTarget sound, String rest) -> {
        target = sound;
        query = rest;
        settle(sound, true);
      }
    }
  }

  /** Finds the site, and whether this request may go on there. */
  private void settle(RequestTarget sound, boolean mayAsk) {
    Snapshot snapshot = stream.service.snapshot();
    Snapshot.Place found = snapshot.places().get(sound.host());
    addressed = found;
    if (found == null) {
      refuse(
          Problem.of(
              421,
              "misdirected",
              "look for a typing error in the address, or ask the administrator for the right one"),
          true);
    } else if (found.site().posture() != stream.connection.posture()) {
      // RFC 9110 §15.5.20. Browsers put requests for several hosts on one connection when its
      // certificate fits them; here that would carry one host's sign-in over to another.
      refuse(
          wrongConnection(
              "this site asks for certificates in another way; open it in another window"),
          true);
    } else {
      place = found;
      Optional<Runnable> lookup = mayAsk ? lookup(snapshot) : Optional.empty();
      if (lookup.isPresent()) {
        handling = new Lookup(this, lookup.get());
      } else {
        admit(snapshot, found, sound);
      }
    }
  }

  /** What must be asked of others before the Doorkeeper can know. */
  private Optional<Runnable> lookup(Snapshot snapshot) {
    return snapshot
        .doorkeeper()
        .lookup(stream.connection.presented(), stream.service.clock().instant());
  }

  private static Problem wrongConnection(String seen) {
    return Problem.worded(421, "misdirected", "wrong-connection", seen);
  }

  private void admit(Snapshot snapshot, Snapshot.Place at, RequestTarget sound) {
    switch (ask(snapshot, at, sound)) {
      case Admission.Denied(Denial denial) -> deny(denial, snapshot);
      case Admission.Admitted(Optional<Identity> who, Rule because) -> {
        identity = who.orElse(null);
        shown = who.map(Identity::certificate).orElse(null);
        evidence = who.filter(Identity::mayOnlyRenew).map(_ -> "has ended, and may only renew");
        rule = because;
        verdict = ADMITTED;
        handle(at);
      }
    }
  }

  /**
   * The lookup is over: {@code held} is what came of the body meanwhile. The client is read again
   * only behind it, since that alone may bring the next piece.
   */
  void resume(Deque<HttpContent> held) {
    if (!over) {
      handling = Handling.DISCARD;
      resuming = true;
      settle(target(), false);
      if (bytesIn > maxBody) {
        refuse(tooLarge(), true);
      }
    }
    held.forEach(handling::content);
    handling.flush();
    resuming = false;
    if (!over) {
      stream.reading(wanted);
    }
  }

  private Admission ask(Snapshot snapshot, Snapshot.Place at, RequestTarget sound) {
    return snapshot
        .doorkeeper()
        .admit(
            stream.connection.presented(),
            at.site().rules(),
            sound,
            stream.service.clock().instant(),
            at.site().expiry().latecomers());
  }

  private void handle(Snapshot.Place at) {
    Site site = at.site();
    maxBody =
        switch (site.destination()) {
          case Site.Destination.Relayed _ -> site.limits().maxBody();
          case Site.Destination.Internal(_, int most) -> most;
        };
    String length = request.headers().get(HttpHeaderNames.CONTENT_LENGTH);
    if (length != null && ClientStream.declared(length) > maxBody) {
      refuse(tooLarge(), true);
      return;
    }
    Optional<Reply> notice = stream.service.noticePages().page(this);
    if (notice.isPresent()) {
      evidence = Optional.of("was told that the certificate ends soon");
      reply(notice.get(), false);
    } else if (at.origin() != null) {
      Relay relay = new Relay(this, at.origin(), site.limits());
      handling = relay;
      relay.start();
    } else if (site.destination() instanceof Site.Destination.Internal(var handler, _)) {
      handling = new InternalCall(this, handler);
    }
  }

  private Problem tooLarge() {
    return Problem.of(413, "content-too-large", "at most " + maxBody + " bytes are taken here");
  }

  // What the client does.

  void content(HttpContent content) {
    bytesIn += content.content().readableBytes();
    requestDone |= content instanceof LastHttpContent;
    if (bytesIn > maxBody && !over) {
      content.release();
      refuse(tooLarge(), true);
      return;
    }
    handling.content(content);
  }

  void raw(ByteBuf bytes) {
    bytesIn += bytes.readableBytes();
    handling.raw(bytes);
  }

  void flush() {
    handling.flush();
  }

  void clientReady() {
    handling.clientReady();
  }

  void clientGone() {
    drop();
    finish();
  }

  private void drop() {
    Handling current = handling;
    handling = Handling.DISCARD;
    current.abandon();
  }

  // What answers.

  /** Before anything else of an answer: 100, 103. */
  void inform(HttpResponse informational) {
    if (!responseStarted && request.protocolVersion().equals(HttpVersion.HTTP_1_1)) {
      continued |= informational.status().code() == 100;
      stream.write(informational);
      stream.flush();
    }
  }

  void respond(HttpResponse response) {
    responseStarted = true;
    answeredNanos = System.nanoTime();
    status = response.status().code();
    stream.writeHead(response, this);
    stream.expectBody();
  }

  /** A part of the response; the last one ends the visit. */
  void send(HttpContent content) {
    bytesOut += content.content().readableBytes();
    if (content instanceof LastHttpContent last) {
      stream.writeLast(last);
      end(false);
    } else {
      stream.write(content);
    }
  }

  private void end(boolean close) {
    handling = Handling.DISCARD;
    finish();
    stream.reading(true);
    stream.done(this, close);
  }

  void flushClient() {
    stream.flush();
  }

  boolean clientWritable() {
    return stream.isWritable();
  }

  void reading(boolean nowWanted) {
    wanted = nowWanted;
    if (!resuming) {
      stream.reading(wanted);
    }
  }

  /** The upstream's answer to a request to upgrade; from here on, bytes. */
  void upgrade(HttpResponse switching) {
    responseStarted = true;
    answeredNanos = System.nanoTime();
    status = switching.status().code();
    stream.upgrade(switching);
  }

  void sendRaw(ByteBuf bytes) {
    bytesOut += bytes.readableBytes();
    stream.write(bytes);
  }

  /** Both sides have said what they had to say. */
  void endUpgraded() {
    handling = Handling.DISCARD;
    finish();
    stream.channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
    stream.leave();
  }

  void sentUpstream() {
    sentNanos = System.nanoTime();
  }

  /** Breaks off in a way the client notices. */
  void abort() {
    abort(Http2Error.INTERNAL_ERROR);
  }

  void abort(Http2Error why) {
    if (!responseStarted) {
      status = HttpResponseStatus.BAD_GATEWAY.code();
      verdict = "bad-gateway";
    }
    drop();
    finish();
    stream.reset(why);
  }

  // Refusals.

  private void deny(Denial denial, Snapshot snapshot) {
    verdict = denial.code();
    denied = true;
    evidence = denial.cause();
    shown = denial.about().orElse(null);
    refused = denial.user().orElse(null);
    if (responseStarted) {
      abort();
      return;
    }
    stream.connection.forgetSession();
    answer(
        stream
            .service
            .pages()
            .explain(
                denial,
                snapshot.ways(addressed, target),
                samePage().orElse("/"),
                reference,
                header("Accept-Language")),
        true);
  }

  /** A link that leads here again, and nowhere else. */
  Optional<String> samePage() {
    return target != null
            && request.method().name().equals("GET")
            && !target.path().startsWith("//") // the name of another host (RFC 3986 §4.2)
        ? Optional.of(target.path() + query)
        : Optional.empty();
  }

  /** With {@code close}, what else the client may have sent is not to be trusted or waited for. */
  void refuse(Problem problem, boolean close) {
    if (over) {
      return;
    }
    verdict = problem.code();
    if (responseStarted) {
      abort();
    } else {
      answer(Explanation.of(problem, reference), close);
    }
  }

  private void answer(Explanation explanation, boolean close) {
    drop();
    reply(
        stream.service.pages().render(explanation, header("Accept"), header("Accept-Language")),
        close);
  }

  private String header(String name) {
    String value = request.headers().get(name);
    return value == null ? "" : value;
  }

  /** A whole response at once. */
  void reply(Reply reply, boolean close) {
    if (over) {
      return;
    }
    HttpResponse response =
        new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(reply.status()));
    HttpHeaders headers = response.headers();
    reply.headers().forEach(header -> headers.add(header.name(), header.value()));
    Bytes body = reply.body();
    boolean empty = reply.status() == 204 || reply.status() == 304;
    if (!empty) {
      headers.set(HttpHeaderNames.CONTENT_LENGTH, Integer.toString(body.size()));
    }
    headers.set(
        HttpHeaderNames.DATE,
        DateTimeFormatter.RFC_1123_DATE_TIME.format(
            stream.service.clock().instant().atOffset(ZoneOffset.UTC)));
    if (close) {
      stream.closeAfterThis();
    }
    respond(response);
    if (!empty && !ClientStream.isHead(request) && body.size() > 0) {
      bytesOut += body.size();
      stream.write(new DefaultHttpContent(Unpooled.wrappedBuffer(body.toArray())));
    }
    stream.writeLast(LastHttpContent.EMPTY_LAST_CONTENT);
    end(close);
    stream.flush();
  }

  // While it lasts.

  /** Asks the Doorkeeper once more; whoever would not be let in now is shown out. */
  void reconsider(Snapshot snapshot) {
    if (!asking) { // else it is done when the answer is there
      reconsider(snapshot, true);
    }
  }

  private void reconsider(Snapshot snapshot, boolean mayAsk) {
    RequestTarget sound = target;
    if (over || sound == null || place == null || handling instanceof Lookup) {
      return;
    }
    Snapshot.Place now = snapshot.places().get(sound.host());
    if (now == null) {
      refuse(wrongConnection("the site is gone"), true);
    } else if (ask(snapshot, now, sound) instanceof Admission.Denied(Denial denial)) {
      Optional<Runnable> lookup =
          mayAsk && denial instanceof Denial.StatusUnknown ? lookup(snapshot) : Optional.empty();
      if (lookup.isPresent()) {
        askAgain(lookup.get());
      } else {
        deny(denial, snapshot);
      }
    }
  }

  /** What was known ran out: it is asked again before anybody is shown out for it. */
  private void askAgain(Runnable question) {
    asking = true;
    Lookup.run(
        question,
        stream.channel.eventLoop(),
        () -> {
          asking = false;
          reconsider(stream.service.snapshot(), false);
        });
  }

  private void finish() {
    if (over) {
      return;
    }
    over = true;
    stream.service.closed(this);
    AccessLog log = stream.service.log();
    if (!log.equals(AccessLog.NONE)) {
      log.record(entry());
    }
  }

  private AccessLog.Entry entry() {
    return new AccessLog.Entry(
        began,
        reference,
        stream.connection.address(),
        LoggedText.beginning(target == null ? header("Host") : target.host()),
        request.method().name(),
        target == null
            ? LoggedText.unreadable(request.uri())
            : LoggedText.beginning(loggedPath(target)),
        stream.protocol(),
        status,
        Optional.ofNullable(identity)
            .map(Identity::user)
            .or(() -> Optional.ofNullable(refused))
            .map(User::name),
        Optional.ofNullable(shown).map(Certificate::serialNumber).map(SerialNumber::hex),
        identity != null && identity.authority().isOurs(),
        Optional.ofNullable(rule),
        verdict,
        denied,
        evidence,
        Optional.ofNullable(place).map(Snapshot.Place::origin).map(Origin::text),
        bytesIn,
        bytesOut,
        Duration.ofNanos(System.nanoTime() - beganNanos),
        sentNanos == 0 || answeredNanos == 0
            ? Optional.empty()
            : Optional.of(Duration.ofNanos(answeredNanos - sentNanos)));
  }

  private String loggedPath(RequestTarget sound) {
    return addressed != null
            && addressed.site().destination() instanceof Site.Destination.Internal(var handler, _)
        ? handler.logged(sound.path())
        : sound.path();
  }

  HttpRequest request() {
    return request;
  }

  ClientStream stream() {
    return stream;
  }

  RequestTarget target() {
    if (target == null) {
      throw new IllegalStateException("nothing is handled before it is understood");
    }
    return target;
  }

  String query() {
    return query;
  }

  Instant began() {
    return began;
  }

  String reference() {
    return reference;
  }

  Optional<Identity> identity() {
    return Optional.ofNullable(identity);
  }

  Site site() {
    if (place == null) {
      throw new IllegalStateException("nothing is handled before it has a site");
    }
    return place.site();
  }

  boolean bodyless() {
    return bodyless;
  }

  boolean expectsContinue() {
    return expectsContinue && !continued;
  }

  boolean requestDone() {
    return requestDone;
  }

  boolean responseStarted() {
    return responseStarted;
  }
}
