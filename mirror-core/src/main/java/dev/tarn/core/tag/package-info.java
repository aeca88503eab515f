/** What each tag was last known to name. Depends on name and digest. */
@NullMarked
package dev.tarn.core.tag;

import org.jspecify.annotations.NullMarked;
