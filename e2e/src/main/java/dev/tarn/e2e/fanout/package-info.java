/** How fast an image gets to many nodes at once, and how much of it comes from upstream. */
@NullMarked
package dev.tarn.e2e.fanout;

import org.jspecify.annotations.NullMarked;
