/// What was measured, for people and for programs: a table in the terminal, JSON, Markdown, a
/// chart.
package dev.postern.bench.report;
