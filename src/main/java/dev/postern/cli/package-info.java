/// The commands, and the only place that wires the rooms together, reads the environment, prints
/// and exits.
///
/// [Main] maps a command line to a command, and what happens to an exit code: 0 done, 1 refused, 2
/// usage or unreadable input, 3 fault. [Workspace] is what the commands work on: the configuration,
/// the data folder, the ledger, the keys.
@NullMarked
package dev.postern.cli;

import org.jspecify.annotations.NullMarked;
