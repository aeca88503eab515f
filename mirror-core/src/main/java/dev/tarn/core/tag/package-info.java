/** What each tag was last known to name. Depends on name, digest and catalog. */
@NullMarked
package dev.tarn.core.tag;

import org.jspecify.annotations.NullMarked;
