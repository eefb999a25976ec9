package dev.postern.architecture.violations.ledger;

/** A banned suffix, a getter and a setter. */
final class RowManager extends RuntimeException {
  private String row = "";

  public String getRow() {
    return row;
  }

  public void setRow(String row) {
    this.row = row;
  }

  /** Wanted by a foreign type. */
  @Override
  public String getMessage() {
    return row;
  }

  /** An order with its reasons, no property of a bean. */
  public void setBoth(String first, String second) {
    row = first + second;
  }

  public void settle() {}

  public void getaway() {}
}
