package dev.postern.console;

import dev.postern.web.Language;
import dev.postern.web.Texts;

/** The console speaks to administrators, in English. */
final class Words {
  static final Language ENGLISH = Texts.of("dev.postern.console.console").in("en");

  private Words() {}
}
