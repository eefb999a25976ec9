package dev.postern.status;

import dev.postern.revocation.CertificateList;
import dev.postern.status.StatusSettings.Location;
import dev.postern.status.StatusSettings.PrivateAddresses;
import dev.postern.x509.Bytes;
import dev.postern.x509.MalformedException;
import dev.postern.x509.Pem;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One CRL, from a file or an address. Keeps the last one that could be read, and says when to look
 * again: in time before nextUpdate, and soon after a failure. Used by one thread at a time.
 */
final class CrlSource {
  private static final Logger LOG = LoggerFactory.getLogger(CrlSource.class);
  private static final Duration FETCH_WITHIN = Duration.ofSeconds(60);
  private static final Duration FILE_LOOK = Duration.ofSeconds(2);
  private static final Duration SOONEST = Duration.ofMinutes(1);
  private static final Duration LATEST = Duration.ofHours(1);
  private static final Duration RETRY = Duration.ofSeconds(30);

  private final Location location;
  private final String authority;
  private final PrivateAddresses privateAddresses;
  private final Predicate<CertificateList> isSigned;
  private final int largest;
  private final HttpFetch fetch;
  private volatile @Nullable CertificateList last;
  private volatile Instant due = Instant.MIN;
  private String trouble = "";
  private @Nullable FileTime modified;
  private Optional<String> etag = Optional.empty();
  private Optional<String> lastModified = Optional.empty();

  /** {@code isSigned}: whether somebody who may has signed a list; what is not stays out. */
  CrlSource(
      Location location,
      String authority,
      PrivateAddresses privateAddresses,
      Predicate<CertificateList> isSigned,
      int largest,
      HttpFetch fetch) {
    this.isSigned = isSigned;
    this.largest = largest;
    this.location = location;
    this.authority = authority;
    this.privateAddresses = privateAddresses;
    this.fetch = fetch;
  }

  /** The newest that could be read. */
  Optional<CertificateList> last() {
    return Optional.ofNullable(last);
  }

  /** When to look again. */
  Instant due() {
    return due;
  }

  /** Looks, and tells whether there is another list now. */
  boolean refresh(Instant now) {
    try {
      Optional<Bytes> fresh =
          switch (location) {
            case Location.OfFile(Path file) -> read(file);
            case Location.AtUrl _ -> fetch();
          };
      if (fresh.isPresent()) {
        take(fresh.get(), now);
      }
      settled(now);
      return fresh.isPresent();
    } catch (FetchFailure e) {
      troubled(String.valueOf(e.getMessage()), now);
    } catch (MalformedException e) {
      troubled("is no CRL: " + e.getMessage(), now);
    }
    return false;
  }

  private void take(Bytes bytes, Instant now) throws MalformedException, FetchFailure {
    CertificateList list = CertificateList.parse(der(bytes));
    CertificateList before = last;
    if (!isSigned.test(list)) {
      throw new FetchFailure(
          "of " + list.issuer() + " is signed by nobody who may; name its signer in intermediates");
    }
    if (list.thisUpdate().isAfter(now.plus(ForeignStatus.SKEW))) {
      throw new FetchFailure("is of " + list.thisUpdate() + ", which is still to come");
    }
    if (before != null && list.thisUpdate().isBefore(before.thisUpdate())) {
      throw new FetchFailure("is older than the one from before");
    }
    last = list;
    boolean stale = list.nextUpdate().map(next -> next.isBefore(now)).orElse(false);
    if (stale) {
      LOG.warn(
          "trust {}: the CRL {} ran out on {}; whom it is about is status-unknown",
          authority,
          this,
          list.nextUpdate().orElseThrow());
    } else {
      LOG.info(
          "trust {}: the CRL {} of {} has {} entries",
          authority,
          this,
          list.thisUpdate(),
          list.entries());
    }
  }

  private static Bytes der(Bytes bytes) throws MalformedException {
    boolean pem = bytes.size() > 0 && bytes.at(0) == '-';
    if (!pem) {
      return bytes;
    }
    String text = new String(bytes.toArray(), StandardCharsets.US_ASCII);
    return Pem.parse(text).stream()
        .filter(block -> block.label().equals(Pem.X509_CRL))
        .map(Pem.Block::content)
        .findFirst()
        .orElseThrow(() -> new MalformedException("certificateList", "no X509 CRL is in the file"));
  }

  /** Empty when it is the file that was read before. */
  private Optional<Bytes> read(Path file) throws FetchFailure {
    try {
      FileTime now = Files.getLastModifiedTime(file);
      if (now.equals(modified) && trouble.isEmpty()) {
        return Optional.empty();
      }
      try (var in = Files.newInputStream(file)) {
        byte[] bytes = in.readNBytes(largest + 1);
        if (bytes.length > largest) {
          throw new FetchFailure("is larger than " + largest + " bytes");
        }
        if (bytes.length == 0) {
          throw new FetchFailure("is empty");
        }
        modified = now;
        return Optional.of(Bytes.of(bytes));
      }
    } catch (IOException e) {
      throw new FetchFailure("cannot be read: " + e);
    }
  }

  /** Empty when it is still the one that came before (RFC 9110 §15.4.5). */
  private Optional<Bytes> fetch() throws FetchFailure {
    Map<String, String> headers = new HashMap<>();
    etag.ifPresent(value -> headers.put("if-none-match", value));
    lastModified.ifPresent(value -> headers.put("if-modified-since", value));
    HttpFetch.Answer answer =
        fetch.ask(
            new HttpFetch.Question(
                ((Location.AtUrl) location).url(),
                Optional.empty(),
                headers,
                largest,
                FETCH_WITHIN,
                privateAddresses));
    if (answer.status() == 304 && last != null) {
      return Optional.empty();
    }
    if (answer.status() != 200) {
      throw new FetchFailure("answers " + answer.status());
    }
    if (answer.body().size() == 0) {
      throw new FetchFailure("is empty");
    }
    etag = answer.etag();
    lastModified = answer.lastModified();
    return Optional.of(answer.body());
  }

  private void settled(Instant now) {
    if (!trouble.isEmpty()) {
      LOG.info("trust {}: the CRL {} can be read again", authority, this);
      trouble = "";
    }
    due =
        switch (location) {
          case Location.OfFile _ -> now.plus(FILE_LOOK);
          case Location.AtUrl _ -> now.plus(wait(now));
        };
  }

  /** A quarter of what is left, so that several attempts fit in before it runs out. */
  private Duration wait(Instant now) {
    Duration left =
        last()
            .flatMap(CertificateList::nextUpdate)
            .map(next -> Duration.between(now, next).dividedBy(4))
            .orElse(LATEST);
    if (left.compareTo(SOONEST) < 0) {
      return SOONEST;
    }
    return left.compareTo(LATEST) > 0 ? LATEST : left;
  }

  private void troubled(String reason, Instant now) {
    if (!reason.equals(trouble)) {
      LOG.warn(
          "trust {}: the CRL {} {}; {}",
          authority,
          this,
          reason,
          last == null ? "whom it is about is status-unknown" : "the one from before stays");
      trouble = reason;
    }
    etag = Optional.empty();
    lastModified = Optional.empty();
    due = now.plus(location instanceof Location.OfFile ? FILE_LOOK : RETRY);
  }

  @Override
  public String toString() {
    return switch (location) {
      case Location.OfFile(Path file) -> file.toString();
      case Location.AtUrl(var url) -> url.toString();
    };
  }
}
