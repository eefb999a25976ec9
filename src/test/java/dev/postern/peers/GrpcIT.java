package dev.postern.peers;

import static dev.postern.peers.Installation.HOST;
import static dev.postern.peers.Installation.SITE_RULES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.postern.peers.Installation.Served;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.okhttp.OkHttpChannelBuilder;
import io.grpc.stub.ClientCalls;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A gRPC client with a certificate, the gateway, and a gRPC server that knows nothing of TLS. */
@DisplayNameGeneration(ReplaceUnderscores.class)
@Timeout(120)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class GrpcIT {
  private static final Duration SOON = Duration.ofSeconds(20);
  private static final int MEGABYTES_ALLOWED = 300;

  /** So short that a call that is silent for longer can be waited for. */
  private static final String IMPATIENT = "  timeouts: { response: 1s }\n";

  @TempDir private static Path folder;

  private final List<ManagedChannel> channels = new ArrayList<>();
  private Installation installation;
  private GrpcServer upstream;
  private NodeHttp2 plain;
  private Served served;
  private Crowd.Member alice;
  private Crowd.Member staying;

  @BeforeAll
  void install() {
    installation = Installation.in(folder);
    upstream = GrpcServer.start();
    plain = NodeHttp2.in(folder);
    installation.configure(upstream.url(), plain.url(), SITE_RULES + IMPATIENT);
    served = installation.serve();
    List<Crowd.Member> members = Crowd.of(installation, "grpc", 2);
    alice = members.getFirst();
    staying = members.getLast();
  }

  @AfterEach
  void hangUp() {
    channels.forEach(ManagedChannel::shutdownNow);
    channels.clear();
  }

  @AfterAll
  void end() {
    served.close();
    upstream.close();
    plain.close();
  }

  private ManagedChannel channel(SSLContext context) {
    ManagedChannel channel =
        OkHttpChannelBuilder.forAddress("127.0.0.1", served.port())
            .overrideAuthority(HOST) // the JDK names no localhost in TLS
            .sslSocketFactory(context.getSocketFactory())
            .build();
    channels.add(channel);
    return channel;
  }

  private static String unary(ManagedChannel channel, String text) {
    return ClientCalls.blockingUnaryCall(channel, GrpcServer.UNARY, deadline(), text);
  }

  private static CallOptions deadline() {
    return CallOptions.DEFAULT.withDeadlineAfter(60, TimeUnit.SECONDS);
  }

  @Test
  void a_call_is_answered_and_the_server_knows_who_calls() {
    upstream.arrived.clear();
    assertThat(unary(channel(alice.context()), "hello")).isEqualTo("HELLO");
    Metadata metadata = upstream.arrived.getFirst();
    assertThat(metadata.getAll(GrpcServer.USER)).containsExactly(alice.user());
    assertThat(metadata.get(GrpcServer.VIA)).isEqualTo("2.0 postern");
  }

  @Test
  void whoever_may_not_enter_is_told_so_and_the_server_hears_nothing() throws Exception {
    upstream.arrived.clear();
    var refused =
        catchThrowableOfType(
            StatusRuntimeException.class, () -> unary(channel(withoutCertificate()), "hello"));
    assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
    assertThat(refused.getStatus().getDescription()).contains("403", "no-certificate");
    var stream = new Conversation(channel(withoutCertificate()), GrpcServer.TALK);
    stream.call.sendMessage("hello");
    assertThat(stream.end().getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
    assertThat(upstream.arrived).isEmpty();
  }

  private SSLContext withoutCertificate() throws Exception {
    KeyStore roots = KeyStore.getInstance("PKCS12");
    roots.load(null, null);
    try (var file = java.nio.file.Files.newInputStream(installation.root())) {
      roots.setCertificateEntry(
          "root", CertificateFactory.getInstance("X.509").generateCertificate(file));
    }
    var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(roots);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    return context;
  }

  @Test
  void an_answer_without_a_message_is_a_status_with_its_metadata() {
    var failure =
        catchThrowableOfType(
            StatusRuntimeException.class, () -> unary(channel(alice.context()), "fail now"));
    assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.NOT_FOUND);
    assertThat(failure.getStatus().getDescription()).isEqualTo("nothing like it");
    assertThat(reason(failure)).isEqualTo("fail now");
  }

  @Test
  void a_stream_of_answers_ends_with_its_status() {
    Iterator<String> answers =
        ClientCalls.blockingServerStreamingCall(
            channel(alice.context()), GrpcServer.MANY, deadline(), "5000");
    for (int i = 0; i < 5000; i++) {
      assertThat(answers.next()).isEqualTo("text " + i);
    }
    var end = catchThrowableOfType(StatusRuntimeException.class, answers::hasNext);
    assertThat(end.getStatus().getCode()).isEqualTo(Status.Code.OUT_OF_RANGE);
    assertThat(reason(end)).isEqualTo("5000");
  }

  private static @Nullable String reason(StatusRuntimeException end) {
    Metadata trailers = end.getTrailers();
    return trailers == null ? null : trailers.get(GrpcServer.REASON);
  }

  @Test
  void a_stream_of_requests_is_one() throws Exception {
    var stream = new Conversation(channel(alice.context()), GrpcServer.SUM);
    StringBuilder all = new StringBuilder();
    for (int i = 0; i < 2000; i++) {
      stream.call.sendMessage("part " + i + ";");
      all.append("part ").append(i).append(';');
    }
    stream.call.halfClose();
    assertThat(stream.next()).isEqualTo(all.toString());
    assertThat(stream.end().isOk()).isTrue();
  }

  @Test
  void both_sides_talk_in_turn() throws Exception {
    var stream = new Conversation(channel(alice.context()), GrpcServer.TALK);
    for (int i = 0; i < 500; i++) {
      // The next is not said before this one is answered.
      stream.call.sendMessage("word " + i);
      assertThat(stream.next()).isEqualTo("you said word " + i);
    }
    stream.call.halfClose();
    assertThat(stream.end().isOk()).isTrue();
  }

  @Test
  void a_silent_call_outlives_the_time_in_which_other_answers_have_to_begin() throws Exception {
    upstream.arrived.clear();
    var call = new Conversation(channel(alice.context()), GrpcServer.TALK);
    Soon.within(SOON, "the call is there", () -> !upstream.arrived.isEmpty());
    String late = plain("/silent");
    assertThat(late).contains("gateway-timeout").endsWith("504");
    call.call.sendMessage("still here");
    assertThat(call.next()).isEqualTo("you said still here");
  }

  /** The other site, where a request is only a request. */
  private String plain(String path) {
    List<String> words = new ArrayList<>(List.of("curl", "-sS", "-w", "%{http_code}"));
    words.addAll(List.of("--cacert", installation.root().toString()));
    words.addAll(Served.p12("alice"));
    words.add("https://localhost:" + served.port() + path);
    return Program.in(folder).run(words.toArray(String[]::new)).out();
  }

  @Test
  void a_client_that_cancels_or_whose_deadline_passes_cancels_the_server_s_call() throws Exception {
    upstream.arrived.clear();
    var call = new Conversation(channel(alice.context()), GrpcServer.HANG);
    call.call.sendMessage("begin");
    Soon.within(SOON, "it is open", () -> !upstream.arrived.isEmpty());
    int before = upstream.cancelled.get();
    call.call.cancel("enough", null);
    Soon.within(SOON, "it is cancelled", () -> upstream.cancelled.get() == before + 1);
    assertThat(call.end().getCode()).isEqualTo(Status.Code.CANCELLED);
    var late =
        catchThrowableOfType(
            StatusRuntimeException.class,
            () ->
                ClientCalls.blockingServerStreamingCall(
                        channel(alice.context()),
                        GrpcServer.FLOOD,
                        CallOptions.DEFAULT.withDeadlineAfter(1, TimeUnit.SECONDS),
                        "100000000")
                    .forEachRemaining(_ -> {}));
    assertThat(late.getStatus().getCode())
        .isIn(Status.Code.DEADLINE_EXCEEDED, Status.Code.RESOURCE_EXHAUSTED);
  }

  @Test
  void a_reader_that_stops_holds_its_sender_back_and_nobody_else() throws Exception {
    ManagedChannel channel = channel(alice.context());
    upstream.flooded.set(0);
    var flood = new Conversation(channel, GrpcServer.FLOOD, 0);
    flood.call.sendMessage("10000");
    flood.call.halfClose();
    Soon.within(SOON, "the flood begins", () -> upstream.flooded.get() > 0);
    int[] before = {-1};
    Soon.within(
        SOON,
        "the sender is held back",
        () -> {
          boolean still = upstream.flooded.get() == before[0];
          before[0] = upstream.flooded.get();
          assertThat(unary(channel(staying.context()), "others")).isEqualTo("OTHERS");
          return still;
        });
    assertThat(upstream.flooded.get()).isLessThan(2000);
    assertThat(served.running().peakMegabytes()).isLessThan(MEGABYTES_ALLOWED);
    flood.call.request(5000);
    for (int i = 0; i < 5000; i++) {
      assertThat(flood.next()).hasSize(10000);
    }
    flood.call.cancel("enough", null);
  }

  @Test
  void open_calls_end_when_their_certificate_is_revoked_and_others_go_on() throws Exception {
    Crowd.Member leaving = Crowd.of(installation, "leaving", 1).getFirst();
    ManagedChannel channel = channel(leaving.context());
    var gone = new Conversation(channel, GrpcServer.TALK);
    var silent = new Conversation(channel, GrpcServer.HANG);
    var other = new Conversation(channel(staying.context()), GrpcServer.TALK);
    for (var each : List.of(gone, other)) {
      each.call.sendMessage("before");
      assertThat(each.next()).isEqualTo("you said before");
    }
    silent.call.sendMessage("before");

    installation.postern.succeeds("revoke " + leaving.user());

    assertThat(gone.end().isOk()).isFalse();
    assertThat(silent.end().getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
    other.call.sendMessage("after");
    assertThat(other.next()).isEqualTo("you said after");
    var refused = catchThrowableOfType(StatusRuntimeException.class, () -> unary(channel, "hello"));
    assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
    assertThat(refused.getStatus().getDescription()).contains("revoked");
  }

  @Test
  void a_server_that_is_restarted_is_found_again() throws Exception {
    ManagedChannel channel = channel(alice.context());
    try (var next = GrpcServer.start()) {
      assertThat(unary(channel, "one")).isEqualTo("ONE");
      installation.configure(next.url(), plain.url(), SITE_RULES + IMPATIENT);
      Soon.within(
          SOON,
          "the new server is asked",
          () -> unary(channel, "two").equals("TWO") && !next.arrived.isEmpty());
    } finally {
      installation.configure(upstream.url(), plain.url(), SITE_RULES + IMPATIENT);
      upstream.arrived.clear();
      Soon.within(
          SOON,
          "the old one is asked again",
          () -> succeeds(channel) && !upstream.arrived.isEmpty());
    }
  }

  private static boolean succeeds(ManagedChannel channel) {
    try {
      return unary(channel, "again").equals("AGAIN");
    } catch (StatusRuntimeException e) {
      return false;
    }
  }

  /** A call that is spoken and listened to by hand. */
  private static final class Conversation extends ClientCall.Listener<String> {
    final ClientCall<String, String> call;
    private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
    private final CompletableFuture<Status> ended = new CompletableFuture<>();

    Conversation(ManagedChannel channel, MethodDescriptor<String, String> method) {
      this(channel, method, 100_000);
    }

    Conversation(ManagedChannel channel, MethodDescriptor<String, String> method, int taken) {
      call = channel.newCall(method, CallOptions.DEFAULT);
      call.start(this, new Metadata());
      if (taken > 0) {
        call.request(taken);
      }
    }

    @Override
    public void onMessage(String message) {
      heard.add(message);
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
      ended.complete(status);
    }

    String next() throws InterruptedException {
      String message = heard.poll(30, TimeUnit.SECONDS);
      assertThat(message).as("a message; ended: %s", ended).isNotNull();
      return message;
    }

    Status end() throws Exception {
      return ended.get(30, TimeUnit.SECONDS);
    }
  }
}
