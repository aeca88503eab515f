/**
 * Keeps the entries where they should be, while the node, its Tarn and other controllers change.
 */
@NullMarked
package dev.tarn.agent.follow;

import org.jspecify.annotations.NullMarked;
