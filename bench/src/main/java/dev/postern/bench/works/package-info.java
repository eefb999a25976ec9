/// What is measured, one class each: see [dev.postern.bench.Work].
package dev.postern.bench.works;
