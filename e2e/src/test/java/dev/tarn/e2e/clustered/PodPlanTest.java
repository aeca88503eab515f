package dev.tarn.e2e.clustered;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tarn.e2e.kube.Trees;
import org.junit.jupiter.api.Test;

class PodPlanTest {
  @Test
  void aTemplateIsWhatItSays() {
    PodPlan plan = PodPlan.of("registry.test/a:1").always().withSecret("mine").on("node-2");

    JsonNode template = Trees.yaml(plan.template("shop"));

    assertThat(Trees.text(template, "metadata.labels.app")).isEqualTo("shop");
    assertThat(Trees.text(template, "spec.containers.0.image")).isEqualTo("registry.test/a:1");
    assertThat(Trees.text(template, "spec.containers.0.imagePullPolicy")).isEqualTo("Always");
    assertThat(Trees.text(template, "spec.imagePullSecrets.0.name")).isEqualTo("mine");
    assertThat(template.at("/spec/nodeSelector/kubernetes.io~1hostname").asText())
        .isEqualTo("node-2");
  }

  @Test
  void aPodIsAnywhereWithoutASecretUnlessToldOtherwise() {
    JsonNode template = Trees.yaml(PodPlan.of("registry.test/a:1").template("shop"));

    assertThat(Trees.list(template, "spec.imagePullSecrets")).isEmpty();
    assertThat(Trees.at(template, "spec.nodeSelector").isMissingNode()).isTrue();
  }

  @Test
  void noTwoPodsAreOnOneNodeWhereTheyAreApart() {
    JsonNode template = Trees.yaml(PodPlan.of("registry.test/a:1").apart("shop").template("shop"));

    JsonNode term =
        Trees.at(
            template,
            "spec.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution.0");
    assertThat(Trees.text(term, "topologyKey")).isEqualTo("kubernetes.io/hostname");
    assertThat(Trees.text(term, "labelSelector.matchLabels.app")).isEqualTo("shop");
  }
}
