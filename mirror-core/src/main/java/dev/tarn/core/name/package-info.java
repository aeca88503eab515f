/**
 * The names of the domain, parsed once at the edge: registry, repository, tag, reference. Depends
 * on digest alone.
 */
@NullMarked
package dev.tarn.core.name;

import org.jspecify.annotations.NullMarked;
