package dev.postern.mail;

/** By which a mail server knows us. */
public final class Login {
  private final String user;
  private final String password;

  public Login(String user, String password) {
    this.user = user;
    this.password = password;
  }

  String user() {
    return user;
  }

  String password() {
    return password;
  }

  /** Without the password. */
  @Override
  public String toString() {
    return user;
  }
}
