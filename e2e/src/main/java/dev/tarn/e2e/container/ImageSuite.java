package dev.tarn.e2e.container;

import dev.tarn.e2e.node.Flavour;
import dev.tarn.e2e.process.Workspace;
import dev.tarn.e2e.run.Case;
import dev.tarn.e2e.run.Need;
import dev.tarn.e2e.run.Suite;
import java.util.ArrayList;
import java.util.List;

/**
 * The container image that {@code mvn -Pimage package} makes, without a registry to build it on.
 */
public final class ImageSuite implements Suite<ShippedImage> {
  @Override
  public String name() {
    return "image";
  }

  @Override
  public String summary() {
    return "the container image: what is in it, and both programs with a pod's rights";
  }

  @Override
  public List<Need> needs() {
    return List.of(
        Need.root(),
        Need.debian("unshare", "util-linux"),
        Need.debian("docker-registry", "docker-registry"),
        Need.debian("mvn", "maven"),
        Need.goTool("crictl"));
  }

  @Override
  public List<Case<ShippedImage>> cases() {
    List<Case<ShippedImage>> cases = new ArrayList<>();
    cases.add(
        Case.of("it says its platforms, its user and what it starts", ImageCases::describesItself));
    cases.add(Case.of("at most 90 MB to download", ImageCases::isSmall));
    cases.add(Case.of("every blob is what its digest says", ImageCases::digestsHold));
    cases.add(Case.of("a bill of materials refers to it", ImageCases::hasItsBill));
    cases.add(Case.of("nothing to run but Java, no links", ImageCases::hasNothingToRunButJava));
    // The ctr of 1.6 cannot name a user.
    PodCases pods = new PodCases(Flavour.TRANSFER);
    List<Need> newest = Flavour.TRANSFER.needs();
    cases.add(new Case<>("server and agent with a pod's rights", newest, pods::serves));
    cases.add(new Case<>("tools, and no shell", newest, pods::runsTools));
    cases.add(
        Case.of("two builds are the same, but for what was learnt", ImageCases::isTheSameAgain));
    return cases;
  }

  @Override
  public ShippedImage open(Workspace workspace) throws Exception {
    return ShippedImage.build(workspace.directory());
  }
}
