package dev.tarn.server.config;

import java.util.List;

/**
 * What a kubelet's {@code CredentialProviderConfig} says: the plugins, in the order in which they
 * count.
 *
 * @see <a
 *     href="https://kubernetes.io/docs/reference/config-api/kubelet-config.v1/#kubelet-config-k8s-io-v1-CredentialProviderConfig">Kubernetes,
 *     kubelet.config.k8s.io/v1</a>
 */
public record CredentialProviders(List<CredentialProvider> providers) {
  public CredentialProviders {
    providers = List.copyOf(providers);
  }
}
