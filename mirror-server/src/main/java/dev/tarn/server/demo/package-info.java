/**
 * The demo: an embedded upstream with a generated image, a node, and a client that pulls through it
 * as containerd does. Uses the product as a user would; nothing else depends on it.
 */
@NullMarked
package dev.tarn.server.demo;

import org.jspecify.annotations.NullMarked;
