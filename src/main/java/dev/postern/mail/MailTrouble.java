package dev.postern.mail;

import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.ArrayList;
import java.util.List;

/** Why a mail server could not be talked to, in one line that says what to do. */
final class MailTrouble {
  private static final int DEEPEST = 12;

  private MailTrouble() {}

  static String reason(MailServer server, Exception failure) {
    List<Throwable> causes = new ArrayList<>();
    for (Throwable each = failure;
        each != null && causes.size() < DEEPEST;
        each = each.getCause()) {
      causes.add(each);
    }
    for (Throwable each : causes.reversed()) { // the deepest knows best
      String known = known(server, each);
      if (!known.isEmpty()) {
        return known;
      }
    }
    return "the mail server " + server.host() + " failed: " + causes.getLast().getMessage();
  }

  private static String known(MailServer server, Throwable cause) {
    String place = server.host() + " port " + server.port();
    String text = String.valueOf(cause.getMessage());
    return switch (cause) {
      case UnknownHostException _ -> "there is no host " + server.host();
      case SocketTimeoutException _ -> "the mail server " + place + " does not answer";
      case ConnectException _ -> "the mail server " + place + " cannot be reached: " + text;
      case NoRouteToHostException _ -> "the mail server " + place + " cannot be reached: " + text;
      case CertificateExpiredException _ -> certificate(server, "has run out");
      case CertificateNotYetValidException _ -> certificate(server, "is not valid yet");
      case CertPathBuilderException _ ->
          certificate(server, "is of a CA that is not trusted; mail.trust names one that is");
      case CertificateException _ when text.startsWith("No ") -> // as HostnameChecker begins
          certificate(server, "is for another name: " + text);
      case CertificateException _ -> certificate(server, "is not good: " + text);
      default ->
          text.startsWith("STARTTLS is required")
              ? place + " offers no STARTTLS, so nothing was sent; is smtps:// meant?"
              : "";
    };
  }

  private static String certificate(MailServer server, String what) {
    return "the certificate of the mail server " + server.host() + " " + what;
  }
}
