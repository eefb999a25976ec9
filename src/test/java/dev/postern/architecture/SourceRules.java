package dev.postern.architecture;

import com.sun.source.tree.CatchTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.UnionTypeTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreeScanner;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/** The rules that only the source can show, read with the compiler's own parser. */
public final class SourceRules {
  private static final int MOST_LINES_OF_A_FILE = 600;
  private static final int MOST_LINES_OF_A_METHOD = 100;

  private static final Set<String> CATCH_ALL =
      Set.of("Exception", "Throwable", "java.lang.Exception", "java.lang.Throwable");

  /** A source file: its path below the source root, and its text. */
  public record Source(String path, String text) {
    boolean isIn(Set<String> places) {
      return places.stream().anyMatch(path::endsWith);
    }
  }

  private SourceRules() {}

  public static List<Source> below(Path root) {
    try (Stream<Path> files = Files.walk(root)) {
      return files
          .filter(file -> file.toString().endsWith(".java"))
          .map(file -> new Source(root.relativize(file).toString(), read(file)))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A file a person can hold in mind. */
  public static List<String> longFiles(List<Source> sources) {
    return sources.stream()
        .filter(source -> source.text().lines().count() > MOST_LINES_OF_A_FILE)
        .map(source -> source.path() + " has " + source.text().lines().count() + " lines")
        .toList();
  }

  /** A method that fits on two screens; most should fit on one. */
  public static List<String> longMethods(List<Source> sources) {
    List<String> found = new ArrayList<>();
    scan(
        sources,
        (path, unit, positions) ->
            new TreeScanner<Void, Void>() {
              @Override
              public Void visitMethod(MethodTree method, Void none) {
                long start = positions.getStartPosition(unit, method);
                long end = positions.getEndPosition(unit, method);
                if (start >= 0 && end > start) {
                  long lines =
                      unit.getLineMap().getLineNumber(end)
                          - unit.getLineMap().getLineNumber(start)
                          + 1;
                  if (lines > MOST_LINES_OF_A_METHOD) {
                    found.add(path + ": " + method.getName() + " has " + lines);
                  }
                }
                return super.visitMethod(method, null);
              }
            });
    return found;
  }

  /** Catching everything hides bugs, except where a loop or a process must outlive them. */
  public static List<String> catchAlls(List<Source> sources, Set<String> namedPlaces) {
    List<String> found = new ArrayList<>();
    scan(
        sources.stream().filter(source -> !source.isIn(namedPlaces)).toList(),
        (path, unit, positions) ->
            new TreeScanner<Void, Void>() {
              @Override
              public Void visitCatch(CatchTree clause, Void none) {
                if (types(clause.getParameter().getType())
                    .anyMatch(type -> CATCH_ALL.contains(type.toString()))) {
                  long start = positions.getStartPosition(unit, clause);
                  found.add(path + ":" + unit.getLineMap().getLineNumber(start));
                }
                return super.visitCatch(clause, null);
              }
            });
    return found;
  }

  private static Stream<? extends Tree> types(Tree type) {
    return type instanceof UnionTypeTree union
        ? union.getTypeAlternatives().stream()
        : Stream.of(type);
  }

  @FunctionalInterface
  private interface Visit {
    TreeScanner<Void, Void> of(String path, CompilationUnitTree unit, SourcePositions positions);
  }

  private static void scan(List<Source> sources, Visit visit) {
    List<JavaFileObject> files = sources.stream().<JavaFileObject>map(InMemory::new).toList();
    if (files.isEmpty()) {
      return;
    }
    JavacTask task =
        (JavacTask)
            ToolProvider.getSystemJavaCompiler()
                .getTask(null, null, _ -> {}, List.of("--release", "25"), null, files);
    SourcePositions positions = Trees.instance(task).getSourcePositions();
    try {
      for (CompilationUnitTree unit : task.parse()) {
        String path = unit.getSourceFile().getName().substring(1); // javac hides our own type
        visit.of(path, unit, positions).scan(unit, null);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static final class InMemory extends SimpleJavaFileObject {
    private final Source source;

    InMemory(Source source) {
      super(URI.create("memory:///" + source.path()), Kind.SOURCE);
      this.source = source;
    }

    @Override
    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
      return source.text();
    }
  }
}
