package dev.postern.cli;

import java.util.ArrayList;
import java.util.Locale;
import java.util.stream.Stream;

/** The constants of an enum as people type them, for help texts and the Tab key. */
abstract class LowerCaseNames extends ArrayList<String> {
  LowerCaseNames(Enum<?>... constants) {
    super(Stream.of(constants).map(each -> each.name().toLowerCase(Locale.ROOT)).toList());
  }
}
