package dev.postern.bench;

import java.util.List;

/** Something that is measured. */
public interface Work {
  /** As the command line calls it. */
  String name();

  /** What {@code --help} says of it. */
  String about();

  /** Measures; whatever it started is stopped when it returns. */
  List<Comparison> measure(Lab lab) throws Exception;
}
