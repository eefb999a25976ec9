package dev.postern.bench.report;

import dev.postern.bench.Aim;
import dev.postern.bench.Comparison;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Why an aim is missed, as profiles say: {@code perf record} of the server while it was measured,
 * by thread and library. Told where it is missed, and nowhere else.
 */
final class Bounds {
  /** By the beginning of a comparison's title. */
  private static final Map<String, String> BOUNDS = new LinkedHashMap<>();

  static {
    BOUNDS.put(
        "Handshake + GET, first contact",
        "each certificate is new: read, its path checked and judged in Java, with two "
            + "signatures to verify where the peers have one. The JVM's compiler is still at work "
            + "after the warm-up (see the known certificate).");
    BOUNDS.put(
        "Handshake + GET",
        "the JVM's compiler: after 30,000 connections it still had 36 % of the CPU on a slow "
            + "machine (`perf`; compiled Java 32 %, BoringSSL and Conscrypt 17 %, kernel 6 %), and a "
            + "minute of warm-up is not the end of it there. The certificate itself costs next to "
            + "nothing: it is known by its hash.");
    BOUNDS.put(
        "The first",
        "interpreted and half compiled code: a cache of compiled code comes with later JDKs. "
            + "Profiles in the class cache made this row good and everything that is warm bad "
            + "(decision 0018).");
    BOUNDS.put(
        "Relay, HTTP/1.1",
        "`perf`, warm: compiled Java 47 %, kernel 38 %, TLS 5 %, the JVM 5 %. By thread: the access "
            + "log's own 7 %, the collector 2 %.");
    BOUNDS.put(
        "Relay, HTTP/2",
        "Netty gives each stream a channel with a pipeline and a flow control of its own, and "
            + "headers are made over from HTTP/2 to HTTP/1.1 and back. `perf`, warm: compiled Java "
            + "56 %, in no place more than 5; kernel 19 %; the compiler still 13 %; the access "
            + "log's own thread 9 %, the collector 5 %. Frames without a channel for each stream "
            + "are the next step.");
    BOUNDS.put(
        "Large bodies", "octets are copied from the kernel to Netty, to BoringSSL and back.");
    BOUNDS.put(
        "Issue over REST, durable, 32 clients, both cores",
        "the CPU (next table): the load has its share of the two cores, too. The aim was set "
            + "on a machine that signs in 13 µs.");
    BOUNDS.put(
        "Issue over REST",
        "profiled after four minutes, when the compiler had come to rest (it had 24 % of the "
            + "CPU after 40 seconds, and 11 after a minute): 50 % are the threads that issue, 34 % "
            + "the ledger's writer, 9 % TLS and HTTP, 4 % the collector. Of those that issue, 39 % "
            + "are the two verifications, 6 % the signature, 16 % reading certificates back from "
            + "DER; of the writer, 77 % are SQLite's steps, and 42 % the commit with its steps.");
    BOUNDS.put(
        "OCSP by GET",
        "`perf`, warm: kernel 29 %, compiled Java 60 %, in no place more than 5: finding the answer "
            + "18 %, checking the request 12 % (a path of base64 with escapes can be read in several "
            + "ways), eight header lines 11 %, reading the head 6 %. By POST, where the question is "
            + "no path and caches are told nothing, it costs two thirds.");
    BOUNDS.put(
        "OCSP with a nonce",
        "`perf`: Conscrypt 24 % (signing alone), kernel 16 %, compiled Java half: Bouncy "
            + "Castle reads the question and writes the answer, which is signed as DER that it "
            + "makes twice.");
    BOUNDS.put(
        "CRL of",
        "`perf`, warm: SHA-256 35 %, over 49 MB to sign and over them again to check; compiled "
            + "Java 54 %, which writes each entry twice, once for the signer and once to keep; the "
            + "collector 7 %.");
    BOUNDS.put(
        "Start to the first",
        "the JVM: its compilers have half of the CPU of a start, then the 600,000 rounds "
            + "behind the passphrase of the keys (decision 0018).");
    BOUNDS.put(
        "Memory, idle",
        "of 129 MB that a demo had: the class cache 55, the heap and all that is native 46, the "
            + "JVM's own code 18 (`/proc/PID/smaps`).");
    BOUNDS.put(
        "Ledger",
        "the B-trees of the larger ledger are deeper, and do not lie in SQLite's own cache.");
  }

  private Bounds() {}

  static Optional<String> of(Comparison comparison) {
    boolean missed =
        comparison.aims().stream().anyMatch(aim -> aim.verdict(comparison) == Aim.Verdict.MISSED);
    return BOUNDS.entrySet().stream()
        .filter(_ -> missed)
        .filter(each -> comparison.title().startsWith(each.getKey()))
        .map(Map.Entry::getValue)
        .findFirst();
  }
}
