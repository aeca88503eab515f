package dev.tarn.e2e.clustered;

/**
 * What pods of a workload are to be: one container without wishes, ended within a second.
 *
 * @param pullPolicy of the image
 * @param pullSecret the name of a Secret of the namespace's, or empty
 * @param placing lines of a pod's specification in YAML that say where it may be; empty for
 *     anywhere
 */
record PodPlan(String image, String pullPolicy, String pullSecret, String placing) {

  static PodPlan of(String image) {
    return new PodPlan(image, "IfNotPresent", "", "");
  }

  PodPlan withImage(String other) {
    return new PodPlan(other, pullPolicy, pullSecret, placing);
  }

  /** The registry is asked at every start. */
  PodPlan always() {
    return new PodPlan(image, "Always", pullSecret, placing);
  }

  PodPlan withSecret(String secret) {
    return new PodPlan(image, pullPolicy, secret, placing);
  }

  /** Only on that node. */
  PodPlan on(String node) {
    return new PodPlan(
        image, pullPolicy, pullSecret, "nodeSelector: {kubernetes.io/hostname: " + node + "}");
  }

  /** No two of a workload's on one node. */
  PodPlan apart(String workload) {
    return new PodPlan(
        image,
        pullPolicy,
        pullSecret,
        """
        affinity:
          podAntiAffinity:
            requiredDuringSchedulingIgnoredDuringExecution:
              - topologyKey: kubernetes.io/hostname
                labelSelector: {matchLabels: {app: %s}}
        """
            .formatted(workload)
            .strip());
  }

  /** The template of a workload's pods. */
  String template(String workload) {
    String secrets = pullSecret.isEmpty() ? "[]" : "[{name: " + pullSecret + "}]";
    return """
    metadata:
      labels: {app: %s}
    spec:
      automountServiceAccountToken: false
      dnsPolicy: Default
      enableServiceLinks: false
      terminationGracePeriodSeconds: 1
      imagePullSecrets: %s
      %s
      containers:
        - name: pod
          image: %s
          imagePullPolicy: %s
    """
        .formatted(workload, secrets, placing.replace("\n", "\n  "), image, pullPolicy);
  }
}
