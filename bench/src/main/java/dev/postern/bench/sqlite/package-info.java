/// SQLite files written page by page, for ledgers of ten million certificates in minutes instead of
/// an hour: rows come in the order of their tree, and each tree is written once, from its leaves to
/// its root (<https://www.sqlite.org/fileformat2.html>). The tables are those that Postern made.
///
/// [SqliteFile] has the pages, [Tree] a table or an index, [Row] a record of it.
package dev.postern.bench.sqlite;
