/**
 * Finds out what is wrong with a node: {@link dev.tarn.server.doctor.Doctor} asks it as its clients
 * and its operator do, and looks at what it was configured with. Runs in a process of its own, on
 * the node; reads only, and pulls no more than a manifest, a configuration and a layer. Knows
 * nothing of the node's inside.
 */
@NullMarked
package dev.tarn.server.doctor;

import org.jspecify.annotations.NullMarked;
