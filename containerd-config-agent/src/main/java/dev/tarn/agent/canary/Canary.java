package dev.tarn.agent.canary;

import dev.tarn.agent.canary.Sightings.Sighting;
import dev.tarn.agent.containerd.Prospect;
import dev.tarn.agent.cri.Answer;
import dev.tarn.agent.cri.Cri;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * One proof: the entry is put there, containerd is asked for an image that nobody has, and the
 * mirror says whether containerd came. Whatever comes of it the entry is withdrawn, and no image is
 * left, because the mirror answers 404. Blocks for {@code limit} and a few seconds.
 */
public final class Canary {
  private static final int NAME_BYTES = 12;

  private final CanaryEntry entry;
  private final Cri cri;
  private final Sightings sightings;
  private final RandomGenerator random;
  private final Duration limit;

  public Canary(
      CanaryEntry entry, Cri cri, Sightings sightings, RandomGenerator random, Duration limit) {
    this.entry = entry;
    this.cri = cri;
    this.sightings = sightings;
    this.random = random;
    this.limit = limit;
  }

  /** Whether containerd reads what stands under its root, and comes to the mirror for it. */
  public Prospect prove() {
    byte[] name = new byte[NAME_BYTES];
    random.nextBytes(name);
    String repository = HexFormat.of().formatHex(name);
    try {
      Optional<String> failed = entry.put();
      if (failed.isPresent()) {
        return new Prospect.Unknown(
            "the canary's entry could not be put there: " + failed.get(),
            "look at the directory, and at how it is mounted");
      }
      sightings.expect(repository);
      Answer answer =
          cri.pullImage(CanaryFile.REGISTRY.value() + "/" + repository + ":latest", limit);
      boolean stood = entry.stands();
      return verdict(answer, sightings.of(repository), stood);
    } finally {
      entry.withdraw();
    }
  }

  private Prospect verdict(Answer answer, Sighting sighting, boolean stood) {
    return switch (sighting) {
      case ARRIVED -> new Prospect.Effective();
      case NOBODY_KNOWS ->
          new Prospect.Unknown(
              "the node's mirror did not say who came to it",
              "see whether it runs, and shares the agent's directory");
      case NOT_ARRIVED ->
          stood
              ? notArrived(answer)
              : new Prospect.Unknown(
                  "the canary's entry was taken away while containerd was asked",
                  "see which other controller keeps containerd's directories, and try again");
    };
  }

  private Prospect notArrived(Answer answer) {
    return switch (answer) {
      case Answer.Refused(Optional<Integer> status) when saysNothing(status) ->
          new Prospect.Unknown(
              "containerd serves no runtime.v1.ImageService on this socket",
              "give the socket that the kubelet uses, and see whether containerd's CRI plugin is"
                  + " loaded: ctr plugins ls");
      case Answer.Refused _ ->
          new Prospect.Ineffective(
              "containerd pulled "
                  + CanaryFile.REGISTRY.value()
                  + " without coming to the mirror: it does not read hosts.toml there",
              "set config_path to that one directory and restart containerd once;"
                  + " `containerd-config-agent configure-containerd --print` shows how");
      case Answer.Message _ ->
          new Prospect.Unknown(
              "somebody else answered for " + CanaryFile.REGISTRY.value(),
              "look for a proxy or a wildcard in the node's DNS");
      case Answer.Silent _ ->
          new Prospect.Unknown(
              "containerd did not finish within " + limit.toSeconds() + " s", "try again");
      case Answer.Unreachable(String why) ->
          new Prospect.Unknown(
              "containerd's socket does not answer: " + why,
              "mount it, and give its path: /run/containerd/containerd.sock, with k3s"
                  + " /run/k3s/containerd/containerd.sock");
    };
  }

  private static boolean saysNothing(Optional<Integer> status) {
    return status.isPresent()
        && (status.get() == Answer.Refused.UNIMPLEMENTED
            || status.get() == Answer.Refused.UNAVAILABLE);
  }
}
