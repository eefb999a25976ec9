/// Fixtures made by code, and one fake for each seam: they behave, they expect nothing.
@NullMarked
package dev.postern.fakes;

import org.jspecify.annotations.NullMarked;
