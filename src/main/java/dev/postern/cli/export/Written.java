package dev.postern.cli.export;

import java.util.List;

/**
 * What a server needs.
 *
 * @param main the file that its own configuration names
 * @param remarks what this server cannot do, for the person who runs it
 */
public record Written(String main, List<TextFile> files, List<String> remarks) {
  public Written {
    files = List.copyOf(files);
    remarks = List.copyOf(remarks);
  }

  /** One file of the folder. The data come first, what names them last. */
  public record TextFile(String name, String content) {}
}
