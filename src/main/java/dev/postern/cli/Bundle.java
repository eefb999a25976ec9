package dev.postern.cli;

import dev.postern.authority.Issuance.Issued;
import dev.postern.keys.Passphrase;
import dev.postern.keys.Pkcs12;
import dev.postern.keys.SecretKeyPair;
import dev.postern.x509.Certificate;
import dev.postern.x509.Pem;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Where a new key and its certificate go: reserved before anything is issued, written after. One
 * PKCS#12 file, or a PEM chain with the encrypted key beside it.
 */
final class Bundle implements AutoCloseable {
  private final IssueOptions.Format format;
  private final Path path;
  private final OutputFile certificate;
  private final Optional<OutputFile> key;

  private Bundle(
      IssueOptions.Format format, Path path, OutputFile certificate, Optional<OutputFile> key) {
    this.format = format;
    this.path = path;
    this.certificate = certificate;
    this.key = key;
  }

  static Bundle reserve(IssueOptions options, String name, IssueOptions.Format otherwise) {
    IssueOptions.Format format = options.format(otherwise);
    Path path = options.out(name, format);
    boolean pem = format == IssueOptions.Format.PEM;
    var audience = pem ? OutputFile.Audience.EVERYBODY : OutputFile.Audience.OWNER;
    OutputFile certificate = OutputFile.reserve(path, audience, options.force());
    Optional<OutputFile> key =
        pem
            ? Optional.of(
                OutputFile.reserve(keyPath(path), OutputFile.Audience.OWNER, options.force()))
            : Optional.empty();
    return new Bundle(format, path, certificate, key);
  }

  /** {@code wiki.key} beside {@code wiki.pem}. */
  static Path keyPath(Path path) {
    return path.resolveSibling(
        path.getFileName().toString().replaceFirst("\\.(pem|crt)$", "") + ".key");
  }

  void write(
      SecretKeyPair pair,
      Issued issued,
      String friendlyName,
      Passphrase password,
      SecureRandom random) {
    List<Certificate> chain = new ArrayList<>(List.of(issued.certificate()));
    chain.addAll(issued.chain());
    if (key.isPresent()) {
      key.get().commit(pair.toPem(password, random).getBytes(StandardCharsets.US_ASCII));
      certificate.commit(Pem.write(chain).getBytes(StandardCharsets.US_ASCII));
    } else {
      var form =
          format == IssueOptions.Format.P12_LEGACY ? Pkcs12.Format.LEGACY : Pkcs12.Format.MODERN;
      certificate.commit(Pkcs12.write(pair, chain, friendlyName, password, form, random).toArray());
    }
  }

  /** The files, for programs. */
  void addTo(Map<String, Object> json) {
    json.put("file", path.toString());
    key.ifPresent(_ -> json.put("keyFile", keyPath(path).toString()));
  }

  /** The files, for people. */
  String text() {
    return key.isPresent() ? path + " and " + keyPath(path) : path.toString();
  }

  @Override
  public void close() {
    certificate.close();
    key.ifPresent(OutputFile::close);
  }
}
