package dev.postern.cli;

import picocli.CommandLine.Command;

/** {@code postern issue}: key and certificate in one step, the key made here. */
@Command(
    name = "issue",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "KIND",
    description = "Make a key and a certificate for it, in one password-protected file.",
    subcommands = {IssueClientCommand.class, IssueDeviceCommand.class, IssueServerCommand.class},
    footer = {
      "",
      "Example:  postern issue client alice --out alice.p12",
      "          postern issue device printer-1 --name dns:printer-1.example.com --out printer-1.p12",
      "          postern issue server wiki.example.com --out wiki.pem"
    })
final class IssueCommand {}
