package dev.tarn.server.uninstall;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tarn.server.uninstall.Hooks.HookPod;
import org.junit.jupiter.api.Test;

/** What a pod tells of its node. */
class PodReaderTest {
  @Test
  void aReadyPodIsDone() throws JsonProcessingException {
    assertThat(
            read(
                """
                {"metadata": {}, "spec": {"nodeName": "a"}, "status": {"phase": "Running",
                 "conditions": [{"type": "Ready", "status": "True"}]}}
                """))
        .isEqualTo(new HookPod("a", true, "Running"));
  }

  @Test
  void aPodThatIsEndingIsNot() throws JsonProcessingException {
    HookPod pod =
        read(
            """
            {"metadata": {"deletionTimestamp": "2026-01-01T00:00:00Z"}, "spec": {"nodeName": "a"},
             "status": {"conditions": [{"type": "Ready", "status": "True"}]}}
            """);

    assertThat(pod.ready()).isFalse();
  }

  @Test
  void theContainerThatWaitsSaysWhy() throws JsonProcessingException {
    HookPod pod =
        read(
            """
            {"metadata": {}, "spec": {"nodeName": "a"}, "status": {"phase": "Pending",
             "initContainerStatuses": [{"state": {"waiting":
               {"reason": "ErrImagePull", "message": "not found"}}}],
             "containerStatuses": [{"state": {"waiting": {"reason": "PodInitializing"}}}]}}
            """);

    assertThat(pod).isEqualTo(new HookPod("a", false, "ErrImagePull, not found"));
  }

  @Test
  void ofAPodThatIsNotScheduledTheNodeIsThatItIsMadeFor() throws JsonProcessingException {
    HookPod pod =
        read(
            """
            {"metadata": {}, "spec": {"affinity": {"nodeAffinity":
               {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms":
                 [{"matchFields": [{"key": "metadata.name", "values": ["b"]}]}]}}}},
             "status": {"phase": "Pending", "conditions": [{"type": "PodScheduled",
               "status": "False", "reason": "Unschedulable", "message": "no room"}]}}
            """);

    assertThat(pod).isEqualTo(new HookPod("b", false, "Unschedulable, no room"));
  }

  private static HookPod read(String json) throws JsonProcessingException {
    return KubernetesHooks.PodReader.read(new ObjectMapper().readTree(json));
  }
}
