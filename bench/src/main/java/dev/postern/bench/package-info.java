/// Postern beside its peers, in one run on one machine, as ratios.
///
/// The method: what is measured runs on one core, the load on another; what counts is the CPU time
/// of the measured processes for each operation, from `/proc/PID/task/*/schedstat`, so that neither
/// the load's own speed nor an idle moment matters. Contenders take turns, round by round; the
/// median of the rounds is reported with the least and the most. Each answer's status is checked.
///
/// [Bench] is the command, a [Work] measures one thing in a [Lab], a [Comparison] is what comes of
/// it, and `report` writes that down. `servers` starts Postern and its peers, `load` speaks to
/// them.
package dev.postern.bench;
