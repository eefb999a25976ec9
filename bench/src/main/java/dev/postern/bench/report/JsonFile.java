package dev.postern.bench.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.postern.bench.Aim;
import dev.postern.bench.Comparison;
import dev.postern.bench.Samples;
import java.util.LinkedHashMap;
import java.util.Map;

/** {@code results.json}: everything, each round's figure too. */
public final class JsonFile {
  private static final ObjectMapper MAPPER =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  private JsonFile() {}

  public static String of(Results results) {
    Map<String, Object> root = new LinkedHashMap<>();
    root.put("at", results.machine().at().toString());
    root.put("quick", results.quick());
    root.put("seconds", results.took().toSeconds());
    root.put("processor", results.machine().processor());
    root.put("cores", results.machine().cores());
    root.put("memory", results.machine().memory());
    root.put("system", results.machine().system());
    root.put("versions", results.machine().versions());
    root.put("comparisons", results.comparisons().stream().map(JsonFile::comparison).toList());
    try {
      return MAPPER.writeValueAsString(root) + "\n";
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Map<String, Object> comparison(Comparison comparison) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("title", comparison.title());
    map.put("unit", comparison.unit());
    map.put("samples", comparison.samples().stream().map(JsonFile::samples).toList());
    map.put("aims", comparison.aims().stream().map(aim -> aim(aim, comparison)).toList());
    map.put("note", comparison.note());
    return map;
  }

  private static Map<String, Object> samples(Samples samples) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("contender", samples.contender());
    map.put("values", samples.values());
    if (!samples.values().isEmpty()) {
      map.put("median", samples.median());
    }
    map.put("note", samples.note());
    return map;
  }

  private static Map<String, Object> aim(Aim aim, Comparison comparison) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("aim", aim.text(comparison.unit()));
    map.put("measured", aim.measured(comparison).orElse(null));
    map.put("verdict", aim.verdict(comparison).name());
    return map;
  }
}
