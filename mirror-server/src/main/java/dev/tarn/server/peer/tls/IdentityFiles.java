package dev.tarn.server.peer.tls;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;

/**
 * Where a node's identity is, in PEM.
 *
 * @param certificate the node's certificate first, then those between it and the authority; or that
 *     of an authority, which the node's own is then issued by
 * @param key the first one's private key
 * @param authority whom every node's certificate is issued by; several while they change
 */
public record IdentityFiles(Path certificate, Path key, Path authority) {

  /** Changes whenever one of the files does, also behind symbolic links. Reads the disk. */
  List<Object> stamp() throws IOException {
    List<Object> stamp = new ArrayList<>();
    for (Path file : List.of(certificate, key, authority)) {
      BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
      stamp.add(attributes.lastModifiedTime());
      stamp.add(attributes.size());
      stamp.add(String.valueOf(attributes.fileKey()));
    }
    return stamp;
  }
}
