/** What clients get when upstream misbehaves in every way that is known. */
@NullMarked
package dev.tarn.server.fault;

import org.jspecify.annotations.NullMarked;
