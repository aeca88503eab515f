package dev.tarn.agent.hosts;

import java.util.Optional;

/**
 * What stands in a {@code hosts.toml}, with our entry and without. Our part is one block of whole
 * lines between two comments; putting it in changes nothing else, so that taking it out gives what
 * was there before, byte for byte.
 */
public final class HostsToml {
  private HostsToml() {}

  /** Takes our part out; {@code note}, where one lies beside the file, tells that we were here. */
  public static Taken take(byte[] content, Entry entry, Optional<Note> note) {
    return new Removal(content, entry, note).take();
  }

  /** Puts our part into what others have; nothing else in it changes. */
  public static Put put(byte[] rest, Entry entry, Origin origin) {
    return Insertion.into(rest, entry, origin);
  }

  /** The origin to write down again: what our block says, where it is there. */
  public static Origin origin(Taken.Rest rest, Origin otherwise) {
    return rest.marker().map(Origin::of).orElse(otherwise);
  }

  /** Whom containerd asks by what others have in the file. */
  public static Chain chain(byte[] rest, Entry entry, CertificateFiles files) {
    Translation translation = new Translation(entry.target(), entry.mirror(), files);
    if (rest.length == 0) {
      return translation.ofNothing(entry.certificates());
    }
    return switch (Content.of(rest).parse()) {
      case Document.Unreadable(String why) -> new Chain.Opaque(why);
      case Document.Read(Document document) -> translation.of(document);
    };
  }

  /** Whether the file names a host or a server: whether it says anything of whom to ask. */
  public static boolean namesSomebody(byte[] rest) {
    return switch (Content.of(rest).parse()) {
      case Document.Unreadable unreadable -> rest.length > 0;
      case Document.Read(Document document) -> !document.root().isEmpty();
    };
  }

  /** Whether a table for a host is there, without which older versions refuse the file. */
  public static boolean hasHosts(byte[] rest) {
    return Content.of(rest).parse() instanceof Document.Read(Document document)
        && !document.hosts().isEmpty();
  }

  /** Whether there is a line in it that begins as ours do. */
  public static boolean hasMarkers(byte[] content) {
    return Marker.mayBeIn(Content.of(content).text());
  }

  /** Why a file that names the mirror by an operator's hand is left alone. */
  public static String byHand(Entry entry) {
    return Insertion.byHand(entry.mirror());
  }

  /** Whether a name may stand between quotes as it is. */
  public static boolean isPlainName(String name) {
    return name.chars().allMatch(c -> c >= ' ' && c < 0x7f && c != '"' && c != '\\');
  }
}
