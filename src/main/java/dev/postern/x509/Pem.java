package dev.postern.x509;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The text form of RFC 7468: {@code -----BEGIN LABEL-----}, base64, {@code -----END LABEL-----}.
 */
public final class Pem {
  public static final String CERTIFICATE = "CERTIFICATE";
  public static final String CERTIFICATE_REQUEST = "CERTIFICATE REQUEST";
  public static final String ENCRYPTED_PRIVATE_KEY = "ENCRYPTED PRIVATE KEY";
  public static final String X509_CRL = "X509 CRL";

  /** A file with more blocks than this is no certificate file. */
  private static final int MAX_BLOCKS = 1000;

  private static final Pattern BEGIN =
      Pattern.compile("-----BEGIN ([A-Z0-9 #.]{1,64})-----[ \t]*\r?\n");

  private Pem() {}

  /**
   * One labelled block; {@code headers} are the RFC 1421 lines that old OpenSSL files carry ({@code
   * Proc-Type: …}).
   */
  public record Block(String label, Bytes content, List<String> headers) {
    public Block {
      headers = List.copyOf(headers);
    }
  }

  public static boolean looksLikePem(byte[] file) {
    int window = Math.min(file.length, 64 * 1024);
    return new String(file, 0, window, StandardCharsets.ISO_8859_1).contains("-----BEGIN ");
  }

  /** Every block of {@code text}, in order; prose between blocks is allowed (§2) and skipped. */
  public static List<Block> parse(String text) throws MalformedException {
    List<Block> blocks = new ArrayList<>();
    Matcher begin = BEGIN.matcher(text);
    int from = 0;
    while (begin.find(from)) {
      String label = begin.group(1);
      String endLine = "-----END " + label + "-----";
      int end = text.indexOf(endLine, begin.end());
      if (end < 0) {
        throw new MalformedException(
            "pem", "the block " + label + " has no end line; is the file cut off?");
      }
      blocks.add(block(label, text.substring(begin.end(), end)));
      if (blocks.size() > MAX_BLOCKS) {
        throw new MalformedException("pem", "more than " + MAX_BLOCKS + " blocks");
      }
      from = end + endLine.length();
    }
    if (blocks.isEmpty() && text.contains("-----BEGIN ")) {
      throw new MalformedException("pem", "a BEGIN line without the line end that must follow it");
    }
    return blocks;
  }

  private static Block block(String label, String body) throws MalformedException {
    List<String> headers = new ArrayList<>();
    StringBuilder base64 = new StringBuilder(body.length());
    for (String line : body.split("\r?\n")) {
      if (line.contains(":")) {
        headers.add(line.strip());
      } else {
        base64.append(line.strip());
      }
    }
    try {
      return new Block(label, Bytes.of(Base64.getDecoder().decode(base64.toString())), headers);
    } catch (IllegalArgumentException e) {
      throw new MalformedException(
          "pem", "the block " + label + " is not base64: " + e.getMessage());
    }
  }

  /** Lines of 64 characters, as the strict form of §3 writes them. */
  public static String write(String label, Bytes content) {
    var encoder = Base64.getMimeEncoder(64, new byte[] {'\n'});
    return "-----BEGIN "
        + label
        + "-----\n"
        + encoder.encodeToString(content.toArray())
        + "\n-----END "
        + label
        + "-----\n";
  }

  public static String write(Certificate certificate) {
    return write(CERTIFICATE, certificate.der());
  }

  public static String write(List<Certificate> chain) {
    StringBuilder text = new StringBuilder();
    chain.forEach(certificate -> text.append(write(certificate)));
    return text.toString();
  }

  /**
   * The certificates of a file in either form; other blocks are skipped; malformed when there is
   * none.
   */
  public static List<Certificate> certificates(byte[] file) throws MalformedException {
    List<Certificate> certificates = new ArrayList<>();
    if (looksLikePem(file)) {
      for (Block block : parse(new String(file, StandardCharsets.ISO_8859_1))) {
        if (block.label().equals(CERTIFICATE) || block.label().equals("X509 CERTIFICATE")) {
          certificates.add(Certificate.parse(block.content()));
        }
      }
    } else {
      certificates.add(Certificate.parse(Bytes.of(file)));
    }
    if (certificates.isEmpty()) {
      throw new MalformedException("pem", "there is no certificate in it");
    }
    return List.copyOf(certificates);
  }
}
