/**
 * Who may read a repository, as its registry said last: decisions about credentials, known by keyed
 * hashes alone. Depends on name, catalog and nothing else.
 */
@NullMarked
package dev.tarn.core.access;

import org.jspecify.annotations.NullMarked;
