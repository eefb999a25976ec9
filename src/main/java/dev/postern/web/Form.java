package dev.postern.web;

import dev.postern.x509.Bytes;
import dev.postern.x509.MalformedException;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.multipart.Attribute;
import io.netty.handler.codec.http.multipart.DefaultHttpDataFactory;
import io.netty.handler.codec.http.multipart.FileUpload;
import io.netty.handler.codec.http.multipart.HttpPostRequestDecoder;
import io.netty.handler.codec.http.multipart.InterfaceHttpData;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What a browser's form sent: {@code application/x-www-form-urlencoded} or {@code
 * multipart/form-data} (RFC 7578). Files are fields like others. Memory only; the body was bounded
 * before.
 */
public record Form(Map<String, Bytes> fields) {
  private static final int MAX_FIELDS = 100;
  private static final int MAX_BUFFERED = 4096;

  public Form {
    fields = Map.copyOf(fields);
  }

  /** Whether the request has a form for a body. */
  public static boolean isIn(Exchange exchange) {
    String type = exchange.header("content-type").orElse("").toLowerCase(Locale.ROOT);
    return type.startsWith("application/x-www-form-urlencoded")
        || type.startsWith("multipart/form-data");
  }

  /** Of fields with the same name the first counts. */
  public static Form of(Exchange exchange) throws MalformedException {
    if (!isIn(exchange)) {
      throw new MalformedException("content-type", "is not that of a form");
    }
    var request =
        new DefaultFullHttpRequest(
            HttpVersion.HTTP_1_1,
            HttpMethod.POST,
            "/",
            Unpooled.wrappedBuffer(exchange.body().toArray()));
    exchange
        .header("content-type")
        .ifPresent(type -> request.headers().set(HttpHeaderNames.CONTENT_TYPE, type));
    HttpPostRequestDecoder decoder = null;
    try {
      if (exchange.header("content-type").orElse("").startsWith("multipart/")
          && !HttpPostRequestDecoder.isMultipart(request)) {
        throw new MalformedException("content-type", "names no boundary");
      }
      decoder =
          new HttpPostRequestDecoder(
              new DefaultHttpDataFactory(false),
              request,
              StandardCharsets.UTF_8,
              MAX_FIELDS,
              MAX_BUFFERED);
      return new Form(fields(decoder.getBodyHttpDatas()));
    } catch (HttpPostRequestDecoder.ErrorDataDecoderException
        | HttpPostRequestDecoder.NotEnoughDataDecoderException
        | HttpPostRequestDecoder.TooManyFormFieldsException
        | HttpPostRequestDecoder.TooLongFormFieldException
        | IllegalArgumentException
        | IOException e) {
      throw new MalformedException("form", "cannot be read");
    } finally {
      if (decoder != null) {
        decoder.destroy();
      }
      request.release();
    }
  }

  private static Map<String, Bytes> fields(List<InterfaceHttpData> all) throws IOException {
    Map<String, Bytes> fields = new LinkedHashMap<>();
    for (InterfaceHttpData each : all) {
      switch (each) {
        case FileUpload file -> fields.putIfAbsent(file.getName(), Bytes.of(file.get()));
        case Attribute field -> fields.putIfAbsent(field.getName(), Bytes.of(field.get()));
        default -> {}
      }
    }
    return fields;
  }

  /** The field as text, without space around it; empty when it is missing or blank. */
  public Optional<String> text(String name) {
    return Optional.ofNullable(fields.get(name))
        .map(bytes -> new String(bytes.toArray(), StandardCharsets.UTF_8).strip())
        .filter(text -> !text.isEmpty());
  }
}
