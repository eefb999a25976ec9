package dev.postern.architecture.violations.x509;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Time, chance, threads and the system from thin air. */
final class Ambient {
  private Ambient() {}

  static Instant now() {
    return Instant.now();
  }

  static Clock clock() {
    return Clock.systemUTC();
  }

  static int chance() {
    return new SecureRandom().nextInt();
  }

  static String property() {
    return System.lineSeparator();
  }

  static InetAddress address() throws UnknownHostException {
    return InetAddress.getByName("localhost");
  }

  static Thread thread(Runnable work) {
    return Thread.ofVirtual().unstarted(work);
  }

  static Logger logger() {
    return LoggerFactory.getLogger("a");
  }

  static Instant later(Instant at) {
    return at.plus(Duration.ofDays(1));
  }
}
