/** The host's files, and how one is replaced so that a crash leaves the old one or the new one. */
@NullMarked
package dev.tarn.agent.files;

import org.jspecify.annotations.NullMarked;
