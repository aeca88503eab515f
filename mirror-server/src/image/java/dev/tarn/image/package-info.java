/**
 * Makes the container image, together with Jib, in {@code mvn -Pimage package}: {@link
 * dev.tarn.image.Main stage} lays out the files of one platform as the image will have them, Jib
 * packs them, {@link dev.tarn.image.Main layout} puts the platforms and the SBOM into one OCI
 * layout. Run from source, with the server's jars beside for JSON. No part of what is shipped.
 * docs/decisions/0020-image.md tells why it is so.
 */
@NullMarked
package dev.tarn.image;

import org.jspecify.annotations.NullMarked;
