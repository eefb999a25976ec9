package dev.postern.cli.verify;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.BigIntegerNode;
import com.fasterxml.jackson.databind.node.DecimalNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.postern.x509.Bytes;
import java.io.IOException;

/** Between lines of text and JSON. */
final class JsonLine {
  /** A line that holds a large CRL; {@code --batch} takes no longer ones. */
  static final int LONGEST = 64 * 1024 * 1024;

  private static final ObjectMapper MAPPER =
      new ObjectMapper(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxStringLength(LONGEST).build())
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private JsonLine() {}

  static JsonNode read(String text) throws Fields.BadRequestException {
    try {
      JsonNode json = MAPPER.readTree(text);
      if (json == null || !json.isObject()) {
        throw new Fields.BadRequestException("the line is not a JSON object");
      }
      return json;
    } catch (JsonProcessingException e) {
      throw new Fields.BadRequestException("the line is not JSON: " + firstLine(e));
    }
  }

  private static String firstLine(JsonProcessingException e) {
    String message = e.getOriginalMessage();
    String line = message == null ? "" : message.lines().findFirst().orElse("");
    return line.length() <= 160 ? line : line.substring(0, 160) + "…";
  }

  /** The id of a request, if it is a string or a number. */
  static JsonNode id(JsonNode json) {
    JsonNode id = json.path("id");
    return id.isTextual() || id.isNumber() ? id : NullNode.getInstance();
  }

  /** The id of what is not JSON as a whole, if it comes before the fault. */
  static JsonNode idOfBroken(String text) {
    try (JsonParser parser = MAPPER.createParser(text)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        return NullNode.getInstance();
      }
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        boolean isId = parser.currentName().equals("id");
        JsonToken value = parser.nextToken();
        if (isId) {
          return switch (value) {
            case VALUE_STRING -> TextNode.valueOf(parser.getText());
            case VALUE_NUMBER_INT -> BigIntegerNode.valueOf(parser.getBigIntegerValue());
            case VALUE_NUMBER_FLOAT -> DecimalNode.valueOf(parser.getDecimalValue());
            default -> none();
          };
        }
        parser.skipChildren();
      }
      return none();
    } catch (IOException e) {
      return none();
    }
  }

  private static JsonNode none() {
    return NullNode.getInstance();
  }

  private static ObjectNode object() {
    return MAPPER.createObjectNode();
  }

  /** One line, without its end. */
  static String write(JsonNode id, Answer answer, double milliseconds) {
    ObjectNode line = object();
    line.set("id", id);
    line.put("result", answer.result());
    line.put("reason", answer.reason().isEmpty() ? null : answer.reason());
    line.put("detail", answer.detail().isEmpty() ? null : answer.detail());
    if (!answer.chain().isEmpty()) {
      var chain = line.putArray("chain");
      answer.chain().stream().map(Bytes::hex).forEach(chain::add);
    }
    line.put("ms", milliseconds);
    return line.toString();
  }
}
