package dev.tarn.agent.hosts;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.tomlj.TomlArray;
import org.tomlj.TomlTable;

/** The certificates that a host is trusted by. */
final class Certificates {
  private static final int MAX_FILES = 32;
  private static final int MAX_CHARACTERS = 1 << 20;

  private Certificates() {}

  static Optional<String> of(String where, TomlTable table, CertificateFiles files)
      throws Untranslatable {
    Object value = table.get(List.of("ca"));
    if (value == null) {
      return Optional.empty();
    }
    List<String> names = new ArrayList<>();
    if (value instanceof String name) {
      names.add(name);
    } else if (value instanceof TomlArray list) {
      for (Object element : list.toList()) {
        if (!(element instanceof String name)) {
          throw new Untranslatable("\"ca\" of " + where + " holds something else than names");
        }
        names.add(name);
      }
    } else {
      throw new Untranslatable("\"ca\" of " + where + " is neither a name nor a list of names");
    }
    return names.isEmpty() ? Optional.empty() : Optional.of(read(names, files));
  }

  /** The certificates of all these files, in PEM. */
  static String read(List<String> names, CertificateFiles files) throws Untranslatable {
    if (names.size() > MAX_FILES) {
      throw new Untranslatable("more than " + MAX_FILES + " files of certificates are named");
    }
    StringBuilder pem = new StringBuilder();
    for (String name : names) {
      String text;
      try {
        text = new String(files.read(name), StandardCharsets.UTF_8);
      } catch (IOException e) {
        throw new Untranslatable("the certificates in " + name + " cannot be read: " + e);
      }
      if (!text.contains("-----BEGIN CERTIFICATE-----")) {
        throw new Untranslatable("there are no certificates in " + name);
      }
      pem.append(text);
      if (!text.endsWith("\n")) {
        pem.append('\n');
      }
      if (pem.length() > MAX_CHARACTERS) {
        throw new Untranslatable("more certificates are named than fit into a megabyte");
      }
    }
    return pem.toString();
  }
}
