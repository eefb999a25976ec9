package dev.postern.cli;

import java.io.PrintStream;
import java.util.Optional;
import java.util.function.IntConsumer;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** A bar for work that takes seconds; work that is over at once has none. */
final class Progress implements IntConsumer, AutoCloseable {
  private static final int WORTH_SHOWING = 2000;
  private static final int WIDTH = 79;

  private final Optional<ProgressBar> bar;

  private Progress(Optional<ProgressBar> bar) {
    this.bar = bar;
  }

  static Progress of(Optional<PrintStream> screen, String task, int total) {
    return new Progress(
        screen
            .filter(_ -> total >= WORTH_SHOWING)
            .map(out ->
                new ProgressBarBuilder()
                    .setTaskName(task)
                    .setInitialMax(total)
                    .setStyle(ProgressBarStyle.ASCII)
                    .setUpdateIntervalMillis(200)
                    .setConsumer(new ConsoleProgressBarConsumer(out, WIDTH))
                    .build()));
  }

  /** So many steps are done. */
  @Override
  public void accept(int done) {
    bar.ifPresent(each -> each.stepTo(done));
  }

  @Override
  public void close() {
    bar.ifPresent(ProgressBar::close);
  }
}
