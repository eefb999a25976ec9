package dev.postern.cli.verify;

import dev.postern.cli.verify.Fields.BadRequestException;
import dev.postern.keys.Passphrase;
import dev.postern.keys.Pkcs12;
import dev.postern.x509.Bytes;
import dev.postern.x509.MalformedException;

/** {@code p12 inspect --batch}: does this password open this file? */
public final class Pkcs12Question implements Question {
  @Override
  public Answer answer(Fields request) throws BadRequestException, MalformedException {
    Bytes file = request.bytes("p12");
    return switch (open(file, request.text("password").orElse(""))) {
      case Pkcs12.Opening.Opened opened ->
          Answer.of("OPEN", "", String.join("; ", opened.remarks()));
      case Pkcs12.Opening.WrongPassword() ->
          refused("wrong-password", "another password, or the file was changed");
      case Pkcs12.Opening.Malformed(String reason) -> refused(Answer.MALFORMED, reason);
    };
  }

  private static Pkcs12.Opening open(Bytes file, String password) {
    if (password.isEmpty()) {
      return Pkcs12.open(file);
    }
    try (Passphrase passphrase = Passphrase.of(password.toCharArray())) {
      return Pkcs12.open(file, passphrase);
    }
  }

  @Override
  public Answer refused(String reason, String detail) {
    return Answer.of("REJECT", reason, detail);
  }
}
