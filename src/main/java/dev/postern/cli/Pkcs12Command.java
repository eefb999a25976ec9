package dev.postern.cli;

import picocli.CommandLine.Command;

/** {@code postern p12 …}: for programs; people have {@code postern inspect}. */
@Command(
    name = "p12",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    description = "PKCS#12 files, for programs. For people: postern inspect FILE.",
    footer = {"", "Example:  postern p12 inspect --batch < in.jsonl > out.jsonl"},
    subcommands = Pkcs12InspectCommand.class)
final class Pkcs12Command {}
