package dev.tarn.agent.containerd;

import java.util.List;
import java.util.Optional;

/**
 * What was found of containerd on this node.
 *
 * @param files the configuration files that were read, in containerd's order, as the host names
 *     them
 * @param version containerd's, such as {@code 2.1.4}, where it is known
 * @param layout the distribution that this looks like, where it is known
 * @param socket the one that containerd listens at, as the host names it
 * @param roots the directories that {@code config_path} names, as the host names them
 * @param prospect whether an entry there takes effect
 * @param remarks what else an operator should know
 */
public record Findings(
    List<String> files,
    Optional<String> version,
    Optional<String> layout,
    String socket,
    List<String> roots,
    Prospect prospect,
    List<String> remarks) {
  public Findings {
    files = List.copyOf(files);
    roots = List.copyOf(roots);
    remarks = List.copyOf(remarks);
  }
}
