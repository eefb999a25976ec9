package dev.postern.cli.verify;

import com.fasterxml.jackson.databind.JsonNode;
import dev.postern.x509.Bytes;
import dev.postern.x509.MalformedException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/**
 * The fields of a request, each of the type that the contract gives it. Absent and null mean the
 * same; what the contract does not know is not looked at.
 */
record Fields(JsonNode json) {
  /** A request that does not keep to the contract. */
  static final class BadRequestException extends Exception {
    BadRequestException(String message) {
      super(message);
    }
  }

  Optional<String> text(String name) throws BadRequestException {
    JsonNode value = json.path(name);
    if (isAbsent(value)) {
      return Optional.empty();
    }
    if (!value.isTextual()) {
      throw new BadRequestException(name + " is a string");
    }
    return Optional.of(value.textValue());
  }

  boolean flag(String name) throws BadRequestException {
    JsonNode value = json.path(name);
    if (!isAbsent(value) && !value.isBoolean()) {
      throw new BadRequestException(name + " is true or false");
    }
    return value.booleanValue();
  }

  /** A whole number from zero on; one beyond {@code int} means as much as the largest. */
  Optional<Integer> count(String name) throws BadRequestException {
    JsonNode value = json.path(name);
    if (isAbsent(value)) {
      return Optional.empty();
    }
    if (!value.isIntegralNumber() || value.bigIntegerValue().signum() < 0) {
      throw new BadRequestException(name + " is a whole number from 0 on");
    }
    return Optional.of(value.canConvertToInt() ? value.intValue() : Integer.MAX_VALUE);
  }

  Optional<Fields> object(String name) throws BadRequestException {
    JsonNode value = json.path(name);
    if (isAbsent(value)) {
      return Optional.empty();
    }
    if (!value.isObject()) {
      throw new BadRequestException(name + " is an object");
    }
    return Optional.of(new Fields(value));
  }

  /** Each element by itself; none when the field is absent. */
  List<JsonNode> elements(String name) throws BadRequestException {
    JsonNode value = json.path(name);
    if (isAbsent(value)) {
      return List.of();
    }
    if (!value.isArray()) {
      throw new BadRequestException(name + " is a list");
    }
    List<JsonNode> elements = new ArrayList<>();
    value.forEach(elements::add);
    return elements;
  }

  List<String> texts(String name) throws BadRequestException {
    List<String> texts = new ArrayList<>();
    for (JsonNode element : elements(name)) {
      if (!element.isTextual()) {
        throw new BadRequestException(name + " is a list of strings");
      }
      texts.add(element.textValue());
    }
    return texts;
  }

  /** What must be there, in base64. */
  Bytes bytes(String name) throws BadRequestException, MalformedException {
    Optional<String> text = text(name);
    if (text.isEmpty()) {
      throw new BadRequestException("there is no " + name);
    }
    return decode(name, text.get());
  }

  List<Bytes> byteses(String name) throws BadRequestException, MalformedException {
    List<Bytes> all = new ArrayList<>();
    for (String text : texts(name)) {
      all.add(decode(name, text));
    }
    return all;
  }

  private static Bytes decode(String name, String base64) throws MalformedException {
    try {
      return Bytes.of(Base64.getDecoder().decode(base64));
    } catch (IllegalArgumentException e) {
      throw new MalformedException(name, "not base64: " + e.getMessage());
    }
  }

  private static boolean isAbsent(JsonNode value) {
    return value.isMissingNode() || value.isNull();
  }
}
