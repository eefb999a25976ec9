package dev.postern.revocation;

import dev.postern.revocation.RevocationStatus.Revoked;
import dev.postern.x509.SerialNumber;
import java.math.BigInteger;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The revoked certificates of an authority, asked at every request: immutable, 24 bytes each, found
 * by halving. Changes lie in a small map on top until there are enough of them to be worth sorting
 * in.
 */
public final class RevokedSerials {
  /** What changed about one certificate; empty: it is good again. */
  public record Change(SerialNumber serial, Optional<Revoked> status) {}

  public static final RevokedSerials NONE =
      new RevokedSerials(new Sorted(new long[0], new long[0], new long[0]), Map.of());

  /** Copying so many takes microseconds; sorting in a million, milliseconds. */
  private static final int LOOSE = 1024;

  /** Longer numbers stay in the map; ours have 128 bits. */
  private static final int SORTED_BITS = 128;

  private final Sorted sorted;
  private final Map<SerialNumber, Optional<Revoked>> loose;

  private RevokedSerials(Sorted sorted, Map<SerialNumber, Optional<Revoked>> loose) {
    this.sorted = sorted;
    this.loose = loose;
  }

  /** Empty when the certificate is not revoked. */
  public Optional<Revoked> find(SerialNumber serial) {
    Optional<Revoked> changed = loose.get(serial);
    return changed != null ? changed : sorted.find(serial.value());
  }

  /** How many are revoked or suspended. */
  public int size() {
    int size = sorted.count();
    for (Map.Entry<SerialNumber, Optional<Revoked>> each : loose.entrySet()) {
      boolean before = sorted.find(each.getKey().value()).isPresent();
      size += (each.getValue().isPresent() ? 1 : 0) - (before ? 1 : 0);
    }
    return size;
  }

  /** The same with {@code changes} made, the last one of a certificate counting. */
  public RevokedSerials with(List<Change> changes) {
    Map<SerialNumber, Optional<Revoked>> all = new HashMap<>(loose);
    changes.forEach(change -> all.put(change.serial(), change.status()));
    return all.size() > LOOSE ? sortedIn(all) : new RevokedSerials(sorted, Map.copyOf(all));
  }

  private RevokedSerials sortedIn(Map<SerialNumber, Optional<Revoked>> changes) {
    var in = new TreeMap<BigInteger, Optional<Revoked>>();
    Map<SerialNumber, Optional<Revoked>> left = new HashMap<>();
    changes.forEach((serial, status) -> {
      if (serial.value().signum() < 0 || serial.value().bitLength() > SORTED_BITS) {
        left.put(serial, status);
      } else {
        in.put(serial.value(), status);
      }
    });
    return new RevokedSerials(sorted.with(in), Map.copyOf(left));
  }

  private static long high(BigInteger serial) {
    return serial.shiftRight(Long.SIZE).longValue();
  }

  /** The moment in milliseconds, and the reason's number below it. */
  private static long pack(Revoked status) {
    return status.revocationTime().toEpochMilli() << 4 | status.reason().code();
  }

  private static Revoked unpack(long packed) {
    return new Revoked(
        Instant.ofEpochMilli(packed >> 4), CrlReason.of((int) (packed & 15)).orElseThrow());
  }

  /** Columns in ascending order of the unsigned serial number. */
  private static final class Sorted {
    private final long[] high;
    private final long[] low;
    private final long[] status;

    Sorted(long[] high, long[] low, long[] status) {
      this.high = high;
      this.low = low;
      this.status = status;
    }

    int count() {
      return high.length;
    }

    private int compare(int index, long highPart, long lowPart) {
      int order = Long.compareUnsigned(high[index], highPart);
      return order != 0 ? order : Long.compareUnsigned(low[index], lowPart);
    }

    Optional<Revoked> find(BigInteger serial) {
      if (serial.signum() < 0 || serial.bitLength() > SORTED_BITS) {
        return Optional.empty();
      }
      long highPart = high(serial);
      long lowPart = serial.longValue();
      int from = 0;
      int to = count() - 1;
      while (from <= to) {
        int middle = (from + to) >>> 1;
        int order = compare(middle, highPart, lowPart);
        if (order == 0) {
          return Optional.of(unpack(status[middle]));
        }
        from = order < 0 ? middle + 1 : from;
        to = order < 0 ? to : middle - 1;
      }
      return Optional.empty();
    }

    /** Merged with changes, of which each takes the place of what was there. */
    Sorted with(SortedMap<BigInteger, Optional<Revoked>> changes) {
      int most = count() + changes.size();
      long[][] merged = {new long[most], new long[most], new long[most]};
      int next = 0;
      int size = 0;
      for (Map.Entry<BigInteger, Optional<Revoked>> change : changes.entrySet()) {
        long highPart = high(change.getKey());
        long lowPart = change.getKey().longValue();
        int begin = next;
        while (next < count() && compare(next, highPart, lowPart) < 0) {
          next++;
        }
        copy(begin, next, merged, size);
        size += next - begin;
        if (next < count() && compare(next, highPart, lowPart) == 0) {
          next++;
        }
        if (change.getValue().isPresent()) {
          merged[0][size] = highPart;
          merged[1][size] = lowPart;
          merged[2][size++] = pack(change.getValue().get());
        }
      }
      copy(next, count(), merged, size);
      size += count() - next;
      return new Sorted(
          Arrays.copyOf(merged[0], size),
          Arrays.copyOf(merged[1], size),
          Arrays.copyOf(merged[2], size));
    }

    private void copy(int from, int to, long[][] target, int at) {
      System.arraycopy(high, from, target[0], at, to - from);
      System.arraycopy(low, from, target[1], at, to - from);
      System.arraycopy(status, from, target[2], at, to - from);
    }
  }
}
