package dev.postern.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.dataformat.csv.CsvFactory;
import com.fasterxml.jackson.dataformat.csv.CsvParser;
import com.fasterxml.jackson.dataformat.csv.CsvSchema;
import dev.postern.ledger.UserImport;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * A list of users as spreadsheets write it (RFC 4180): a header line, then a line for each. Columns
 * in any order, {@code name} alone is needed; separated by commas, or by semicolons, as
 * spreadsheets do where the comma is the decimal sign.
 */
final class UsersCsv {
  static final int MAX_SIZE = 64 * 1024 * 1024;
  static final int MAX_ROWS = 100_000;

  private static final int LONGEST_FIELD = 10_000;
  private static final byte[] BYTE_ORDER_MARK = {(byte) 0xef, (byte) 0xbb, (byte) 0xbf};

  private static final CsvFactory FACTORY =
      CsvFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder().maxStringLength(LONGEST_FIELD).build())
          .enable(CsvParser.Feature.TRIM_SPACES)
          .enable(CsvParser.Feature.SKIP_EMPTY_LINES)
          .build();

  /** The columns there are. */
  private enum Column {
    NAME,
    DISPLAY_NAME,
    EMAIL,
    GROUPS;

    String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** What was read; {@code problems} are about the form of lines, which are not among the rows. */
  record Content(List<UserImport.Row> rows, List<UserImport.Problem> problems) {
    Content {
      rows = List.copyOf(rows);
      problems = List.copyOf(problems);
    }
  }

  private final String source;
  private final List<UserImport.Row> rows = new ArrayList<>();
  private final List<UserImport.Problem> problems = new ArrayList<>();

  /** Of the line that is being read. */
  private int number = 1;

  private UsersCsv(String source) {
    this.source = source;
  }

  /** Reads a whole file; {@code source} is what people call it. */
  static Content read(String source, byte[] content) {
    var csv = new UsersCsv(source);
    int start = startsWithMark(content) ? BYTE_ORDER_MARK.length : 0;
    var bytes = new ByteArrayInputStream(content, start, content.length - start);
    var strict = StandardCharsets.UTF_8.newDecoder(); // reports what is no UTF-8
    try (Reader reader = new InputStreamReader(bytes, strict);
        CsvParser parser = FACTORY.createParser(reader)) {
      parser.setSchema(CsvSchema.emptySchema().withColumnSeparator(separator(content)));
      csv.lines(parser);
    } catch (StreamConstraintsException e) {
      csv.problem("a field has more than " + LONGEST_FIELD + " characters");
    } catch (JsonProcessingException e) {
      csv.problem("from here on it is no CSV: " + e.getOriginalMessage());
    } catch (CharacterCodingException e) {
      throw CommandFailure.usage(source + " is not UTF-8; save it as \"CSV UTF-8\"");
    } catch (IOException e) {
      throw new IllegalStateException("reading from memory cannot fail", e);
    }
    return new Content(csv.rows, csv.problems);
  }

  private static boolean startsWithMark(byte[] content) {
    return content.length >= BYTE_ORDER_MARK.length
        && Arrays.equals(
            content, 0, BYTE_ORDER_MARK.length, BYTE_ORDER_MARK, 0, BYTE_ORDER_MARK.length);
  }

  /** As the header line has it; no column's name has either in it. */
  private static char separator(byte[] content) {
    for (byte each : content) {
      if (each == ',' || each == '\n') {
        return ',';
      }
      if (each == ';') {
        return ';';
      }
    }
    return ',';
  }

  private void lines(CsvParser parser) throws IOException {
    Optional<Line> header = line(parser);
    if (header.isEmpty()) {
      throw CommandFailure.usage(source + " is empty");
    }
    List<Column> columns = columns(header.get().cells());
    Optional<Line> next = line(parser);
    while (next.isPresent()) {
      if (rows.size() + problems.size() == MAX_ROWS) {
        throw CommandFailure.usage(source + " has more than " + MAX_ROWS + " users; split it");
      }
      take(columns, next.get());
      next = line(parser);
    }
  }

  private record Line(int number, List<String> cells) {}

  private Optional<Line> line(CsvParser parser) throws IOException {
    if (parser.nextToken() != JsonToken.START_ARRAY) {
      return Optional.empty();
    }
    number = parser.currentLocation().getLineNr();
    List<String> cells = new ArrayList<>();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      cells.add(parser.getText().strip());
    }
    return Optional.of(new Line(number, cells));
  }

  private List<Column> columns(List<String> header) {
    List<String> wrong = new ArrayList<>();
    List<Column> columns = new ArrayList<>();
    for (String title : header) {
      Optional<Column> column =
          Arrays.stream(Column.values())
              .filter(each -> each.text().equals(title.toLowerCase(Locale.ROOT)))
              .findFirst();
      if (column.isEmpty()) {
        wrong.add(
            source
                + ": line 1: unknown column \""
                + title
                + "\"; there are name, display_name, email and groups");
      } else if (columns.contains(column.get())) {
        wrong.add(source + ": line 1: column " + title + " is there twice");
      } else {
        columns.add(column.get());
      }
    }
    if (wrong.isEmpty() && !columns.contains(Column.NAME)) {
      wrong.add(source + ": line 1: there is no column name");
    }
    if (!wrong.isEmpty()) {
      throw CommandFailure.usage(wrong);
    }
    return columns;
  }

  private void take(List<Column> columns, Line line) {
    if (line.cells().size() != columns.size()) {
      problem("has " + line.cells().size() + " fields, and the header has " + columns.size());
      return;
    }
    rows.add(
        new UserImport.Row(
            line.number(),
            cell(columns, line, Column.NAME).orElse(""),
            cell(columns, line, Column.DISPLAY_NAME),
            cell(columns, line, Column.EMAIL),
            groups(cell(columns, line, Column.GROUPS).orElse(""))));
  }

  private void problem(String reason) {
    problems.add(new UserImport.Problem(number, reason));
  }

  private static Optional<String> cell(List<Column> columns, Line line, Column column) {
    int at = columns.indexOf(column);
    return at < 0
        ? Optional.empty()
        : Optional.of(line.cells().get(at)).filter(text -> !text.isEmpty());
  }

  private static Set<String> groups(String text) {
    Set<String> groups = new LinkedHashSet<>(Arrays.asList(text.split("[;\\s]+")));
    groups.remove("");
    return groups;
  }
}
