package dev.postern.bench.ledgers;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.PriorityQueue;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.IntConsumer;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/**
 * What certificates are found by (decision 0013), term by term in the order of the table. {@link
 * People} have the same words but for their numbers, so that each term's certificates are known
 * without looking at any.
 */
final class Words {
  private static final int SHORTEST = 3;
  private static final int LONGEST = 16;
  private static final HexFormat HEX = HexFormat.of();

  private final People people;
  private final IntPredicate revoked;

  Words(People people, IntPredicate revoked) {
    this.people = people;
    this.revoked = revoked;
  }

  /** A term, and how to go through its certificates' numbers in their order. */
  record Term(String text, Certificates certificates) {}

  /** Some of them, in their order. */
  interface Certificates {
    void each(IntConsumer taker);
  }

  /** All terms, in their order. */
  Iterator<Term> terms() {
    SortedMap<String, Term> shared = new TreeMap<>();
    Certificates all = taker -> IntStream.rangeClosed(1, people.count()).forEach(taker);
    words(people.subject(0)).forEach(word -> shared.put(word, new Term(word, all)));
    shared.keySet().removeIf(word -> word.contains("0"));
    put(shared, "=profile:client", all);
    put(shared, "=standing:GOOD", only(revoked.negate()));
    put(shared, "=standing:REVOKED", only(revoked));
    return new Merged(
        List.of(
            shared.values().iterator(),
            new Numbers("", SHORTEST),
            new Numbers("person", 1),
            new Numbers("=user:person", People.DIGITS),
            new Heads(),
            new Tails()));
  }

  private static void put(SortedMap<String, Term> terms, String text, Certificates certificates) {
    terms.put(text, new Term(text, certificates));
  }

  private Certificates only(IntPredicate which) {
    return taker -> IntStream.rangeClosed(1, people.count()).filter(which).forEach(taker);
  }

  /** Each word, and each beginning of it. */
  private static List<String> words(String text) {
    List<String> words = new ArrayList<>();
    for (String word : text.toLowerCase(Locale.ROOT).split("[^a-z0-9]+")) {
      int longest = Math.min(LONGEST, word.length());
      words.add(word.substring(0, longest));
      IntStream.range(SHORTEST, longest).forEach(length -> words.add(word.substring(0, length)));
    }
    return words;
  }

  /** The beginnings of users' numbers behind a word: 0, 00, 000, …, 0000000, 0000001. */
  private final class Numbers implements Iterator<Term> {
    private final String word;
    private final int shortest;
    private String next;

    Numbers(String word, int shortest) {
      this.word = word;
      this.shortest = shortest;
      this.next = "0".repeat(shortest);
    }

    @Override
    public boolean hasNext() {
      return next != null;
    }

    @Override
    public Term next() {
      int wide = (int) Math.pow(10, People.DIGITS - next.length());
      int first = Integer.parseInt(next) * wide;
      int last = Math.min(first + wide, people.users()) - 1;
      Term term = new Term(word + next, taker -> users(first, last, taker));
      next = next.length() < People.DIGITS ? next + "0" : following(next);
      return term;
    }

    private String following(String digits) {
      String higher = digits;
      while (higher.length() >= shortest) {
        int end = higher.length() - 1;
        if (higher.charAt(end) == '9') {
          if (end < shortest) {
            long number = Long.parseLong(higher) + 1;
            return exists(pad(number, higher.length())) ? pad(number, higher.length()) : null;
          }
          higher = higher.substring(0, end);
        } else {
          String sibling = pad(Long.parseLong(higher) + 1, higher.length());
          return exists(sibling) ? sibling : null; // those after it have larger numbers still
        }
      }
      return null;
    }

    private String pad(long number, int length) {
      String digits = Long.toString(number);
      return "0".repeat(Math.max(0, length - digits.length())) + digits;
    }

    private boolean exists(String beginning) {
      return beginning.length() <= People.DIGITS
          && Long.parseLong(beginning) * Math.pow(10, People.DIGITS - beginning.length())
              < people.users();
    }

    private void users(int first, int last, IntConsumer taker) {
      for (int round = 0; round <= people.count(); round += people.users()) {
        int end = Math.min(round + last, people.count());
        for (int certificate = round + first; certificate <= end; certificate++) {
          if (certificate > 0) {
            taker.accept(certificate);
          }
        }
      }
    }
  }

  /** The first 8 and the first 16 digits of serial numbers. */
  private final class Heads implements Iterator<Term> {
    private final long[] heads =
        IntStream.rangeClosed(1, people.count()).mapToLong(people::serialHead).sorted().toArray();
    private int at;
    private int groupEnd;

    @Override
    public boolean hasNext() {
      return at < heads.length;
    }

    @Override
    public Term next() {
      if (at == groupEnd) { // those with the same first 8 digits
        int start = at;
        while (groupEnd < heads.length && heads[groupEnd] >>> 32 == heads[start] >>> 32) {
          groupEnd++;
        }
        int end = groupEnd;
        String text = HEX.toHexDigits((int) (heads[at] >>> 32));
        at = ~at; // the group's own term has been given
        return new Term(
            text,
            taker ->
                Arrays.stream(heads, start, end)
                    .mapToInt(People::ofSerialHead)
                    .sorted()
                    .forEach(taker));
      }
      at = at < 0 ? ~at : at;
      long head = heads[at++];
      return new Term(HEX.toHexDigits(head), taker -> taker.accept(People.ofSerialHead(head)));
    }
  }

  /** The last 8 digits of serial numbers. */
  private final class Tails implements Iterator<Term> {
    private final int[] tails =
        IntStream.rangeClosed(1, people.count())
            .map(number -> people.serialTail(number) ^ Integer.MIN_VALUE)
            .sorted()
            .toArray();
    private int at;

    @Override
    public boolean hasNext() {
      return at < tails.length;
    }

    @Override
    public Term next() {
      int tail = tails[at++] ^ Integer.MIN_VALUE;
      return new Term(HEX.toHexDigits(tail), taker -> taker.accept(People.ofSerialTail(tail)));
    }
  }

  /** The terms of several, in order. A head and a tail may be the same: one term, of two. */
  private static final class Merged implements Iterator<Term> {
    private record Source(Term next, Iterator<Term> rest) {}

    private final PriorityQueue<Source> sources =
        new PriorityQueue<>(Comparator.comparing((Source source) -> source.next().text()));

    Merged(List<Iterator<Term>> sources) {
      sources.forEach(this::add);
    }

    private void add(Iterator<Term> rest) {
      if (rest.hasNext()) {
        sources.add(new Source(rest.next(), rest));
      }
    }

    @Override
    public boolean hasNext() {
      return !sources.isEmpty();
    }

    @Override
    public Term next() {
      Term term = taken();
      while (!sources.isEmpty() && sources.peek().next().text().equals(term.text())) {
        Term first = term;
        Term second = taken();
        term =
            new Term(
                first.text(),
                taker -> {
                  var both = IntStream.builder();
                  first.certificates().each(both::add);
                  second.certificates().each(both::add);
                  both.build().sorted().distinct().forEach(taker);
                });
      }
      return term;
    }

    private Term taken() {
      Source source = sources.remove();
      add(source.rest());
      return source.next();
    }
  }
}
