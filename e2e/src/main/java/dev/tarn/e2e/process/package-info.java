/**
 * Processes, ports, directories and tools on this machine, and how every one of them is given back.
 */
@NullMarked
package dev.tarn.e2e.process;

import org.jspecify.annotations.NullMarked;
