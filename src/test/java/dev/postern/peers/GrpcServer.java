package dev.postern.peers;

import io.grpc.BindableService;
import io.grpc.Context;
import io.grpc.InsecureServerCredentials;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.okhttp.OkHttpServerBuilder;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A gRPC server of texts, in the clear, with gRPC's own HTTP/2: {@code Unary} shouts, {@code Many}
 * sends a text as often as it says, {@code Sum} joins, {@code Talk} answers each text as it comes,
 * {@code Flood} sends as much as is taken, {@code Hang} does nothing.
 */
final class GrpcServer implements AutoCloseable {
  static final Metadata.Key<String> USER = key("remote-user");
  static final Metadata.Key<String> VIA = key("via");
  static final Metadata.Key<String> REASON = key("x-reason");

  private static final MethodDescriptor.Marshaller<String> TEXT =
      new MethodDescriptor.Marshaller<>() {
        @Override
        public InputStream stream(String text) {
          return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
        }

        @Override
        public String parse(InputStream stream) {
          try {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        }
      };

  static final MethodDescriptor<String, String> UNARY = method("Unary", MethodType.UNARY);
  static final MethodDescriptor<String, String> MANY = method("Many", MethodType.SERVER_STREAMING);
  static final MethodDescriptor<String, String> SUM = method("Sum", MethodType.CLIENT_STREAMING);
  static final MethodDescriptor<String, String> TALK = method("Talk", MethodType.BIDI_STREAMING);
  static final MethodDescriptor<String, String> FLOOD =
      method("Flood", MethodType.SERVER_STREAMING);
  static final MethodDescriptor<String, String> HANG = method("Hang", MethodType.BIDI_STREAMING);

  /** The metadata of every call that arrived. */
  final List<Metadata> arrived = new CopyOnWriteArrayList<>();

  final AtomicInteger flooded = new AtomicInteger();
  final AtomicInteger cancelled = new AtomicInteger();
  private final Server server;

  private static Metadata.Key<String> key(String name) {
    return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
  }

  private static MethodDescriptor<String, String> method(String name, MethodType type) {
    return MethodDescriptor.<String, String>newBuilder()
        .setType(type)
        .setFullMethodName("test.Texts/" + name)
        .setRequestMarshaller(TEXT)
        .setResponseMarshaller(TEXT)
        .build();
  }

  private GrpcServer() throws IOException {
    BindableService texts = this::service;
    server =
        OkHttpServerBuilder.forPort(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                InsecureServerCredentials.create())
            .addService(ServerInterceptors.intercept(texts, new Listening()))
            .build()
            .start();
  }

  static GrpcServer start() {
    try {
      return new GrpcServer();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private final class Listening implements ServerInterceptor {
    @Override
    public <A, B> ServerCall.Listener<A> interceptCall(
        ServerCall<A, B> call, Metadata metadata, ServerCallHandler<A, B> next) {
      arrived.add(metadata);
      return next.startCall(call, metadata);
    }
  }

  private ServerServiceDefinition service() {
    return ServerServiceDefinition.builder("test.Texts")
        .addMethod(UNARY, ServerCalls.asyncUnaryCall(GrpcServer::shout))
        .addMethod(MANY, ServerCalls.asyncServerStreamingCall(GrpcServer::many))
        .addMethod(SUM, ServerCalls.asyncClientStreamingCall(GrpcServer::sum))
        .addMethod(TALK, ServerCalls.asyncBidiStreamingCall(GrpcServer::talk))
        .addMethod(FLOOD, ServerCalls.asyncServerStreamingCall(this::flood))
        .addMethod(HANG, ServerCalls.asyncBidiStreamingCall(this::hang))
        .build();
  }

  private static void shout(String text, StreamObserver<String> answers) {
    if (text.startsWith("fail")) {
      Metadata trailers = new Metadata();
      trailers.put(REASON, text);
      answers.onError(
          Status.NOT_FOUND.withDescription("nothing like it").asRuntimeException(trailers));
      return;
    }
    answers.onNext(text.toUpperCase(Locale.ROOT));
    answers.onCompleted();
  }

  private static void many(String count, StreamObserver<String> answers) {
    for (int i = 0; i < Integer.parseInt(count); i++) {
      answers.onNext("text " + i);
    }
    Metadata trailers = new Metadata();
    trailers.put(REASON, count);
    answers.onError(
        Status.OUT_OF_RANGE.withDescription("that is all").asRuntimeException(trailers));
  }

  private static StreamObserver<String> sum(StreamObserver<String> answers) {
    StringBuilder all = new StringBuilder();
    return new Heard() {
      @Override
      public void onNext(String text) {
        all.append(text);
      }

      @Override
      public void onCompleted() {
        answers.onNext(all.toString());
        answers.onCompleted();
      }
    };
  }

  private static StreamObserver<String> talk(StreamObserver<String> answers) {
    return new Heard() {
      @Override
      public void onNext(String text) {
        answers.onNext("you said " + text);
      }

      @Override
      public void onCompleted() {
        answers.onCompleted();
      }
    };
  }

  private void flood(String size, StreamObserver<String> answers) {
    var taker = (ServerCallStreamObserver<String>) answers;
    String text = "x".repeat(Integer.parseInt(size));
    taker.setOnReadyHandler(() -> {
      while (taker.isReady() && !taker.isCancelled()) {
        taker.onNext(text);
        flooded.incrementAndGet();
      }
    });
  }

  private StreamObserver<String> hang(StreamObserver<String> answers) {
    Context.current().addListener(_ -> cancelled.incrementAndGet(), Runnable::run);
    return new Heard();
  }

  private static class Heard implements StreamObserver<String> {
    @Override
    public void onNext(String text) {}

    @Override
    public void onError(@Nullable Throwable cause) {}

    @Override
    public void onCompleted() {}
  }

  String url() {
    return "h2c://127.0.0.1:" + server.getPort();
  }

  @Override
  public void close() {
    server.shutdownNow();
  }
}
