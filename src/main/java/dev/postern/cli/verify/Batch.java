package dev.postern.cli.verify;

import com.fasterxml.jackson.databind.JsonNode;
import dev.postern.x509.MalformedException;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * One line of JSON out for each line in, in their order and as soon as it is known, whatever the
 * lines hold. Several are worked on at once; what is in hand at a time is bounded, in lines and in
 * bytes.
 */
public final class Batch {
  private static final int LINES_IN_HAND = 64;

  private final Question question;
  private final PrintStream out;
  private final Semaphore room = new Semaphore(JsonLine.LONGEST);
  private final BlockingQueue<Optional<Future<String>>> pending =
      new ArrayBlockingQueue<>(LINES_IN_HAND);

  public Batch(Question question, PrintStream out) {
    this.question = question;
    this.out = out;
  }

  /** Answers until {@code in} ends, or nobody reads the answers any more. */
  public void run(InputStream in) throws IOException, InterruptedException {
    Thread writer = Thread.ofPlatform().name("batch-answers").start(this::write);
    int processors = Runtime.getRuntime().availableProcessors();
    try (ExecutorService workers = Executors.newFixedThreadPool(processors)) {
      var lines = new Lines(in, JsonLine.LONGEST);
      Optional<Lines.Line> next = lines.next();
      if (next.isPresent()) {
        // Twice, the first time for nobody: to load the program is not what a question takes.
        Lines.Line first = next.get();
        String _ = text(workers.submit(() -> answer(first)));
      }
      while (next.isPresent() && !out.checkError()) {
        Lines.Line line = next.get();
        int size = Math.min(line.text().length(), JsonLine.LONGEST);
        room.acquire(size);
        pending.put(
            Optional.of(
                workers.submit(() -> {
                  try {
                    return answer(line);
                  } finally {
                    room.release(size);
                  }
                })));
        next = lines.next();
      }
    } finally {
      pending.put(Optional.empty());
      writer.join();
    }
  }

  private void write() {
    try {
      Optional<Future<String>> next = pending.take();
      while (next.isPresent()) {
        out.print(text(next.get()) + "\n");
        out.flush();
        next = pending.take();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** A bug of ours, or memory that is not enough, costs one answer and not the others. */
  private String text(Future<String> answered) throws InterruptedException {
    try {
      return answered.get();
    } catch (ExecutionException e) {
      return JsonLine.write(
          JsonLine.idOfBroken(""),
          question.refused("internal-error", "a bug in Postern: " + e.getCause()),
          0);
    }
  }

  private String answer(Lines.Line line) {
    long began = System.nanoTime();
    JsonNode id = JsonLine.idOfBroken("");
    Answer answer;
    try {
      if (!line.whole()) {
        id = JsonLine.idOfBroken(line.text());
        throw new Fields.BadRequestException(
            "the line is longer than " + JsonLine.LONGEST + " bytes");
      }
      JsonNode json = JsonLine.read(line.text());
      id = JsonLine.id(json);
      answer = question.answer(new Fields(json));
    } catch (Fields.BadRequestException e) {
      id = id.isNull() ? JsonLine.idOfBroken(line.text()) : id;
      answer = question.refused(Answer.BAD_REQUEST, String.valueOf(e.getMessage()));
    } catch (MalformedException e) {
      answer = question.refused(Answer.MALFORMED, e.getMessage());
    }
    return JsonLine.write(
        id, answer, TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - began) / 1000.0);
  }
}
