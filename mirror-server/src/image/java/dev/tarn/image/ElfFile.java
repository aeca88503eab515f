package dev.tarn.image;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a program or shared library tells the dynamic loader.
 *
 * @param machine the kind of processor that it is for, as the format numbers them
 * @param loader the path of the loader that a program names; libraries name none
 * @param needed the names of the libraries that it does not run without
 * @param versionsNeeded versions of symbols, by the library that has to have them
 * @param versions the versions of symbols that it has itself
 */
record ElfFile(
    int machine,
    Optional<String> loader,
    List<String> needed,
    Map<String, Set<String>> versionsNeeded,
    Set<String> versions) {
  ElfFile {
    needed = List.copyOf(needed);
    versionsNeeded = Map.copyOf(versionsNeeded);
    versions = Set.copyOf(versions);
  }
}
