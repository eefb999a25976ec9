package dev.postern.web;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.postern.x509.MalformedException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * A JSON object that a client sent. Each field is asked for by name and type; what nobody asked for
 * is refused, so a typing error is not silently ignored.
 */
public final class JsonBody {
  private static final int MAX_DEPTH = 20;

  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  static {
    MAPPER
        .getFactory()
        .setStreamReadConstraints(
            StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH).build());
  }

  private final ObjectNode object;

  private JsonBody(ObjectNode object) {
    this.object = object;
  }

  /** The body, which has these fields and no other. */
  public static JsonBody of(Exchange exchange, String... known) throws MalformedException {
    JsonNode read;
    try {
      read = MAPPER.readTree(exchange.body().toArray());
    } catch (JsonProcessingException e) {
      throw new MalformedException("body", "is not JSON: " + e.getOriginalMessage());
    } catch (IOException e) {
      throw new MalformedException("body", "is not JSON");
    }
    if (!(read instanceof ObjectNode object)) {
      throw new MalformedException("body", "is not a JSON object");
    }
    List<String> names = Arrays.asList(known);
    for (var field : object.properties()) {
      if (!names.contains(field.getKey())) {
        throw new MalformedException(
            field.getKey(), "is not known here; there are " + String.join(", ", names));
      }
    }
    return new JsonBody(object);
  }

  /** Ends with a newline, so that a terminal's next line begins on its own. */
  static byte[] write(Object value) {
    try {
      return (MAPPER.writeValueAsString(value) + "\n").getBytes(StandardCharsets.UTF_8);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("maps and lists of text are always JSON", e);
    }
  }

  /** Absent, or null, is empty. */
  public Optional<String> text(String name) throws MalformedException {
    JsonNode value = object.get(name);
    if (value == null || value.isNull()) {
      return Optional.empty();
    }
    if (!value.isTextual()) {
      throw new MalformedException(name, "is a text in quotes");
    }
    return Optional.of(value.textValue());
  }

  public String required(String name) throws MalformedException {
    return text(name)
        .filter(value -> !value.isBlank())
        .orElseThrow(() -> new MalformedException(name, "is missing"));
  }

  public Optional<Boolean> flag(String name) throws MalformedException {
    JsonNode value = object.get(name);
    if (value == null || value.isNull()) {
      return Optional.empty();
    }
    if (!value.isBoolean()) {
      throw new MalformedException(name, "is true or false");
    }
    return Optional.of(value.booleanValue());
  }

  /** A list of texts. */
  public Optional<List<String>> texts(String name) throws MalformedException {
    JsonNode value = object.get(name);
    if (value == null || value.isNull()) {
      return Optional.empty();
    }
    if (!value.isArray() || !value.valueStream().allMatch(JsonNode::isTextual)) {
      throw new MalformedException(name, "is a list of texts");
    }
    return Optional.of(value.valueStream().map(JsonNode::textValue).toList());
  }
}
