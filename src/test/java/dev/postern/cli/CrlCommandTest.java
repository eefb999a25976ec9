package dev.postern.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.revocation.CertificateList;
import dev.postern.x509.Bytes;
import dev.postern.x509.Pem;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Lists as files. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class CrlCommandTest {
  @TempDir Path folder;
  private Shell shell;

  @BeforeEach
  void initialise() throws Exception {
    shell = Shell.initialised(folder);
  }

  private Shell.Outcome crl(String... words) {
    String[] all = new String[words.length + 3];
    all[0] = "crl";
    System.arraycopy(words, 0, all, 1, words.length);
    boolean root = words.length > 0 && words[0].equals("root");
    all[words.length + 1] = root ? "--root-passphrase-file" : "--passphrase-file";
    all[words.length + 2] = shell.passphraseFile().toString();
    return shell.run(all);
  }

  private CertificateList root() throws Exception {
    String text = Files.readString(folder.resolve("postern-data/ca/root.crl"));
    return CertificateList.parse(Pem.parse(text).getFirst().content());
  }

  @Test
  void the_list_is_signed_once_and_then_only_when_due() throws Exception {
    Path out = folder.resolve("issuing.crl");
    crl("--out", out.toString()).succeeded();
    byte[] first = Files.readAllBytes(out);
    assertThat(CertificateList.parse(Bytes.of(first)).crlNumber()).contains(BigInteger.ONE);
    crl("--out", out.toString()).succeeded();
    assertThat(Files.readAllBytes(out)).isEqualTo(first);
    String both = crl("--chain").succeeded().out();
    assertThat(Pem.parse(both)).hasSize(2);
    crl("--shard", "3").failed(1);
  }

  @Test
  void the_roots_list_is_there_from_the_beginning_and_what_is_in_it_stays() throws Exception {
    assertThat(root().crlNumber()).contains(BigInteger.ONE);
    assertThat(root().entries()).isZero();
    String key = folder.resolve("postern-root/root.key").toString();
    crl("root", "--key", key, "--revoke-issuing").succeeded();
    assertThat(root().entries()).isOne();
    crl("root", "--key", key, "--validity", "30d").succeeded();
    assertThat(root().entries()).as("carried over").isOne();
    assertThat(root().crlNumber()).contains(BigInteger.valueOf(3));
  }

  @Test
  void a_key_that_is_not_the_roots_signs_nothing() throws Exception {
    String key = folder.resolve("postern-data/keys/issuing.key").toString();
    crl("root", "--key", key).failed(1);
    assertThat(root().crlNumber()).contains(BigInteger.ONE);
    Files.delete(folder.resolve("postern-data/ca/root.crl"));
    crl("--chain").failed(1);
  }
}
