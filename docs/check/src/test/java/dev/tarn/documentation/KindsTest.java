package dev.tarn.documentation;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is wrong in a block is found: each line is a kind, a block, and what is said of it. */
class KindsTest {
  private Kinds kinds;

  @BeforeEach
  void read() throws Exception {
    kinds = Kinds.of(Documentation.repository());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          ''              | a                                              | no kind
          yaml vales      | a: 1                                           | no kind
          yaml            | 'a: 1\\na: 2'                                  | duplicate key
          yaml            | '- a'                                          | mapping
          yaml values     | 'cash: {maxSize: 1GiB}'                        | cash
          yaml values     | 'cache: {maxsize: 1GiB}'                       | maxsize
          yaml values     | 'canary: {enabled: maybe}'                     | canary.enabled
          yaml values     | 'distribution: kubeadn'                        | distribution
          yaml kubernetes | 'apiVersion: v1\\nkind: Cluster'               | not a kind
          yaml kubernetes | 'apiVersion: rbac.authorization.k8s.io/v1\\nkind: ClusterRole\\nmetadata: {name: a}\\nrule: []' | has no rule
          yaml kubernetes | 'apiVersion: rbac.authorization.k8s.io/v1\\nkind: ClusterRole\\nmetadata: {}\\nrules: []'       | has no name
          yaml kind       | 'kind: Cluster\\napiVersion: kind.x-k8s.io/v1alpha4\\nnode: []'                        | node
          toml hosts      | '[host."http://127.0.0.1:5050"]\\n  capabilites = ["pull"]'                            | capabilites
          toml hosts      | 'server = '                                    | Unexpected
          toml containerd | '[plugins."io.containerd.cri.v1.images"]\\nconfig_path = "/etc"' | images.config_path
          toml registries | '[[registry]]\\nplace = "docker.io"'           | registry.place
          ini systemd     | '[Servce]\\nUser=tarn'                         | Servce
          ini systemd     | '[Service]\\nUsr=tarn'                         | Usr
          json status     | '{"a": 1, "a": 2}'                             | Duplicate
          json            | '{"a": 1} 2'                                   | Trailing
          promql          | 'rate(tarn_requets_total[5m])'                 | tarn_requets_total
          promql          | 'rate(tarn_requests_total[5m]'                 | missing )
          text            | '$ rm -rf /'                                   | typed
          console         | 'nothing'                                      | nothing is typed
          console         | '$ rm -rf /'                                   | no program
          console         | '$ curl localhost | frobnicate'                | frobnicate
          console         | '$ for i in 1 2; echo; done'                   | syntax error
          console         | '$ echo "a'                                    | does not end
          console         | '$ helm install tarn helm/tarn …'              | cannot be typed
          console         | '$ helm install tarn helm/tarn --set image.repositry=a' | repositry
          console         | '$ helm install tarn helm/tarn --set canary.enabled=perhaps' | canary.enabled
          console         | '$ helm install tarn helm/tarn --namspace a'   | --namspace
          console         | '$ kubectl -n tarn logs POD -c agnt'           | agnt
          console         | '$ kubectl logs -l app.kubernetes.io/component=nodes' | component=nodes
          console         | '$ kubectl -n tarn logs POD --tial=1'          | --tial
          console         | '$ node=$(kubectl get pod --tial=1)'           | --tial
          console         | '$ mvn -Pimgae package'                        | imgae
          """)
  void findsWhatIsWrong(String kind, String text, String problem) throws Exception {
    Block block = new Block("page.md", 1, kind, text.replace("\\n", "\n"));
    assertThat(kinds.problems(block)).anySatisfy(said -> assertThat(said).contains(problem));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          yaml values     | 'registries: {quay.io: null}'
          yaml values     | 'canary: {enabled: true}'
          toml hosts      | 'server = "https://ghcr.io"\\n[host."http://127.0.0.1:5050"]\\n  capabilities = ["pull"]'
          console         | '$ helm upgrade tarn helm/tarn --reuse-values --set uninstall.removeCache=true'
          console         | '$ kubectl -n tarn exec POD -c tarn -- /opt/java/bin/java @/opt/tarn/tool.args --whatever'
          console         | '# systemctl daemon-reload && systemctl enable --now tarn\\nprinted'
          promql          | 'sum by (a) (rate(tarn_first_byte_seconds_bucket{a="(["}[5m]))'
          """)
  void hasNothingAgainstWhatIsRight(String kind, String text) throws Exception {
    assertThat(kinds.problems(new Block("page.md", 1, kind, text.replace("\\n", "\n")))).isEmpty();
  }
}
