package dev.postern.cli;

import dev.postern.revocation.CertificateList;
import dev.postern.x509.Bytes;
import dev.postern.x509.MalformedException;
import dev.postern.x509.Pem;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Reads the CRLs of a file: one as DER, or any number as PEM. */
final class CrlFile {
  private CrlFile() {}

  /** As DER, which nobody has looked at yet; the file is no larger than {@code limit}. */
  static List<Bytes> contents(Path file, int limit) throws MalformedException {
    byte[] content = InputFile.read(file, limit);
    if (!Pem.looksLikePem(content)) {
      return List.of(Bytes.of(content));
    }
    List<Bytes> contents =
        Pem.parse(new String(content, StandardCharsets.ISO_8859_1)).stream()
            .filter(block -> block.label().equals(Pem.X509_CRL))
            .map(Pem.Block::content)
            .toList();
    if (contents.isEmpty()) {
      throw new MalformedException("pem", "there is no CRL in it");
    }
    return contents;
  }

  static List<CertificateList> lists(Path file) {
    try {
      List<CertificateList> lists = new ArrayList<>();
      for (Bytes each : contents(file, InputFile.LARGEST)) {
        lists.add(CertificateList.parse(each));
      }
      return lists;
    } catch (MalformedException e) {
      throw CommandFailure.usage(file + " is no CRL: " + e.getMessage());
    }
  }
}
