{{- define "tarn.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 40 | trimSuffix "-" -}}
{{- end -}}

{{- define "tarn.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 40 | trimSuffix "-" -}}
{{- else if contains (include "tarn.name" .) .Release.Name -}}
{{- .Release.Name | trunc 40 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name (include "tarn.name" .) | trunc 40 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "tarn.selectorLabels" -}}
app.kubernetes.io/name: {{ include "tarn.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "tarn.labels" -}}
{{ include "tarn.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end -}}

{{- define "tarn.serviceAccount" -}}
{{- if .Values.serviceAccount.create -}}
{{- default (include "tarn.fullname" .) .Values.serviceAccount.name -}}
{{- else -}}
{{- required "serviceAccount.name is needed where serviceAccount.create is false" .Values.serviceAccount.name -}}
{{- end -}}
{{- end -}}

{{- define "tarn.image" -}}
{{- $repository := required "image.repository is needed: where the image was pushed to, such as registry.example.com/tarn" .Values.image.repository -}}
{{- if .Values.image.digest -}}
{{- printf "%s@%s" $repository .Values.image.digest -}}
{{- else -}}
{{- printf "%s:%s" $repository (default .Chart.AppVersion .Values.image.tag) -}}
{{- end -}}
{{- end -}}

{{- define "tarn.pullSecrets" -}}
{{- with .Values.imagePullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
{{- end -}}

{{- define "tarn.peerSecret" -}}
{{- default (printf "%s-peer-tls" (include "tarn.fullname" .)) .Values.peers.tls.existingSecret -}}
{{- end -}}

{{- /* Whether the Job and the CronJob are there: "true", or nothing. */ -}}
{{- define "tarn.makesCertificates" -}}
{{- $tls := .Values.peers.tls -}}
{{- if and .Values.peers.enabled (not .Values.peers.plainHttp) $tls.create (not $tls.existingSecret) (not $tls.filesPerNode) (not $tls.certManager.enabled) -}}true{{- end -}}
{{- end -}}

{{- /* A CronJob's name has 52 characters at most, and a release's 40. */ -}}
{{- define "tarn.certificates" -}}
{{- printf "%s-certs" (include "tarn.fullname" .) -}}
{{- end -}}

{{- define "tarn.certificatesLabels" -}}
{{ include "tarn.labels" . }}
app.kubernetes.io/component: certificates
{{- end -}}

{{- /* Daily, at a time that the release's name and namespace decide. */ -}}
{{- define "tarn.certificatesSchedule" -}}
{{- $sum := printf "%s/%s" .Release.Namespace .Release.Name | adler32sum | atoi -}}
{{- printf "%d %d * * *" (mod $sum 60) (mod (div $sum 60) 24) -}}
{{- end -}}

{{- /* A pod that needs nothing of its node. Without labels that change with the version, as the Job's name does. */ -}}
{{- define "tarn.certificatesPod" -}}
metadata:
  labels:
    {{- include "tarn.selectorLabels" . | nindent 4 }}
    app.kubernetes.io/component: certificates
spec:
  serviceAccountName: {{ include "tarn.certificates" . }}
  automountServiceAccountToken: true
  enableServiceLinks: false
  {{- include "tarn.pullSecrets" . | nindent 2 }}
  # Pods that failed stay, for their logs.
  restartPolicy: Never
  affinity: {{- include "tarn.affinity" . | nindent 4 }}
  {{- with .Values.tolerations }}
  tolerations: {{- toYaml . | nindent 4 }}
  {{- end }}
  securityContext:
    runAsUser: 65532
    runAsGroup: 65532
    runAsNonRoot: true
    seccompProfile:
      type: RuntimeDefault
  containers:
    - name: certificates
      image: {{ include "tarn.image" . }}
      imagePullPolicy: {{ .Values.image.pullPolicy }}
      command:
        - /opt/java/bin/java
        - "@/opt/tarn/tool.args"
        - certificates
        - --namespace={{ .Release.Namespace }}
        - --secret={{ include "tarn.peerSecret" . }}
        - --owner-service={{ include "tarn.fullname" . }}
        - --life={{ .Values.peers.tls.life }}
        - --min-overlap={{ .Values.peers.tls.minOverlap }}
      env:
        - name: MALLOC_ARENA_MAX
          value: "1"
        {{- with .Values.kubernetesApi.host }}
        - name: KUBERNETES_SERVICE_HOST
          value: {{ . | quote }}
        - name: KUBERNETES_SERVICE_PORT
          value: {{ $.Values.kubernetesApi.port | quote }}
        {{- end }}
      resources: {{- toYaml .Values.peers.tls.resources | nindent 8 }}
      securityContext:
        allowPrivilegeEscalation: false
        readOnlyRootFilesystem: true
        capabilities:
          drop: [ALL]
{{- end -}}

{{- /* What containerd has where, by distribution: what the agent knows (docs/nodes.md), as far as it is mounted. */ -}}
{{- define "tarn.layouts" -}}
plain: &plain
  directories: [/etc/containerd]
  roots: []
  socketDirectory: /run/containerd
  contentStore: /var/lib/containerd/io.containerd.content.v1.content/blobs
kubeadm: *plain
kind: *plain
minikube: *plain
eks: *plain
aks: *plain
gke: *plain
bottlerocket: *plain
k3s:
  directories: [/var/lib/rancher/k3s/agent/etc/containerd]
  roots: []
  socketDirectory: /run/k3s/containerd
  contentStore: /var/lib/rancher/k3s/agent/containerd/io.containerd.content.v1.content/blobs
rke2:
  directories: [/var/lib/rancher/rke2/agent/etc/containerd]
  roots: []
  socketDirectory: /run/k3s/containerd
  contentStore: /var/lib/rancher/rke2/agent/containerd/io.containerd.content.v1.content/blobs
# What k0s keeps in /etc/k0s is not for the agent: config_path is set to this root by hand.
k0s:
  directories: [/etc/containerd]
  roots: [/etc/containerd/certs.d]
  socketDirectory: /run/k0s
  contentStore: /var/lib/k0s/containerd/io.containerd.content.v1.content/blobs
talos:
  directories: [/etc/cri/conf.d]
  roots: [/etc/cri/conf.d/hosts]
  socketDirectory: /run/containerd
  contentStore: /var/lib/containerd/io.containerd.content.v1.content/blobs
{{- end -}}

{{- /* The pools as a list, each with everything that it says or takes from the release. */ -}}
{{- define "tarn.pools" -}}
{{- $layouts := include "tarn.layouts" . | fromYaml -}}
{{- $common := pick .Values "distribution" "containerd" "cache" "resources" "nodeSelector" "affinity" "tolerations" -}}
{{- $_ := set $common "zone" .Values.peers.zone -}}
{{- $pools := list -}}
{{- $given := dict -}}
{{- range $name, $pool := .Values.pools -}}
{{- /* null takes one out. */ -}}
{{- if not (kindIs "invalid" $pool) -}}{{- $_ := set $given $name $pool -}}{{- end -}}
{{- end -}}
{{- range $name, $given := (default (dict "" dict) $given) -}}
{{- $pool := mergeOverwrite (deepCopy $common) (deepCopy (default dict $given)) -}}
{{- $layout := get $layouts $pool.distribution -}}
{{- $containerd := $pool.containerd -}}
{{- $_ := set $pool "name" $name -}}
{{- $_ := set $pool "fullname" (empty $name | ternary (include "tarn.fullname" $) (printf "%s-%s" (include "tarn.fullname" $) $name)) -}}
{{- $_ := set $pool "directories" (default $layout.directories $containerd.directories) -}}
{{- $_ := set $pool "roots" (default (empty $containerd.config | ternary $layout.roots list) $containerd.roots) -}}
{{- $_ := set $pool "socketDirectory" (default $layout.socketDirectory $containerd.socketDirectory) -}}
{{- $_ := set $pool "contentStore" ($containerd.contentStore.enabled | ternary (default $layout.contentStore $containerd.contentStore.path) "") -}}
{{- $pools = append $pools $pool -}}
{{- end -}}
{{- toYaml $pools -}}
{{- end -}}

{{- /* Seconds of a duration, rounded up. */ -}}
{{- define "tarn.seconds" -}}
{{- $amount := regexFind "^[0-9]+" . | int64 -}}
{{- $unit := regexFind "(ms|s|m|h|d)$" . -}}
{{- if eq $unit "ms" -}}{{- div (add $amount 999) 1000 -}}
{{- else -}}{{- mul $amount (get (dict "s" 1 "m" 60 "h" 3600 "d" 86400) $unit) -}}
{{- end -}}
{{- end -}}

{{- /* What a pod may take to its end: the agent withdraws, answers drain, and some time for the JVMs. */ -}}
{{- define "tarn.grace" -}}
{{- $shutdown := merge (dict) (default dict .Values.config.shutdown) (dict "agentTimeout" "5s" "drainTimeout" "20s") -}}
{{- add (include "tarn.seconds" $shutdown.agentTimeout) (include "tarn.seconds" $shutdown.drainTimeout) 15 -}}
{{- end -}}

{{- define "tarn.registries" -}}
{{- $registries := dict -}}
{{- range $host, $given := .Values.registries -}}
{{- /* null takes one out. */ -}}
{{- if not (kindIs "invalid" $given) -}}
{{- $registry := pick $given "maxAge" "immutableTags" "repositories" "shared" "tokenRelay" "onUpstreamFailure" -}}
{{- $ca := default "" $given.ca -}}
{{- $urls := default list $given.upstreams -}}
{{- if and $ca (not $urls) -}}
{{- $urls = list (printf "https://%s" (eq $host "docker.io" | ternary "registry-1.docker.io" $host)) -}}
{{- end -}}
{{- $upstreams := list -}}
{{- range $urls -}}
{{- $upstream := kindIs "string" . | ternary (dict "url" .) . -}}
{{- $own := default $ca (get $upstream "ca") -}}
{{- if $own -}}
{{- if not (or $.Values.extraCA.configMap $.Values.extraCA.secret) -}}
{{- fail (printf "registries.%s: ca names a key of extraCA, which has neither configMap nor secret" $host) -}}
{{- end -}}
{{- $upstreams = append $upstreams (dict "url" (get $upstream "url") "ca" (printf "/etc/tarn/ca/%s" $own)) -}}
{{- else -}}
{{- $upstreams = append $upstreams (dict "url" (get $upstream "url")) -}}
{{- end -}}
{{- end -}}
{{- if $upstreams -}}{{- $_ := set $registry "upstreams" $upstreams -}}{{- end -}}
{{- with $given.credentials -}}
{{- $credentials := pick . "tokenRealms" -}}
{{- if .secret -}}
{{- $_ := set $credentials "dockerConfig" (printf "/etc/tarn/credentials/%s/.dockerconfigjson" .secret) -}}
{{- end -}}
{{- if .provider -}}
{{- if not (and $.Values.credentialProviders.config $.Values.credentialProviders.binDir) -}}
{{- fail (printf "registries.%s: credentials.provider needs credentialProviders.config and credentialProviders.binDir" $host) -}}
{{- end -}}
{{- $_ := set $credentials "providerConfig" "/etc/tarn/providers/config" -}}
{{- $_ := set $credentials "providerBinDir" "/etc/tarn/providers/bin" -}}
{{- end -}}
{{- $_ := set $registry "credentials" $credentials -}}
{{- end -}}
{{- $_ := set $registries $host $registry -}}
{{- end -}}
{{- end -}}
{{- if not $registries -}}{{- fail "registries: at least one is needed" -}}{{- end -}}
{{- toYaml $registries -}}
{{- end -}}

{{- /* The names of the Secrets with credentials, each once. */ -}}
{{- define "tarn.credentialSecrets" -}}
{{- $names := list -}}
{{- range $given := .Values.registries -}}
{{- with (default dict (default dict $given).credentials).secret -}}{{- $names = append $names . -}}{{- end -}}
{{- end -}}
{{- toYaml (uniq $names | sortAlpha) -}}
{{- end -}}

{{- /* Tarn's own configuration, docs/configuration.md; of a dict with root and pool. What differs by node is in the
     container's environment. */ -}}
{{- define "tarn.serverConfig" -}}
{{- $values := .root.Values -}}
{{- $store := dict "path" "/var/lib/tarn" "minFree" .pool.cache.minFree "reserveFree" .pool.cache.reserveFree -}}
{{- with .pool.cache.maxSize -}}{{- $_ := set $store "maxSize" . -}}{{- end -}}
{{- $own := dict
  "registry" (dict "listen" (printf "127.0.0.1:%d" (int $values.ports.registry)))
  "store" $store
  "logging" $values.logging
  "registries" (include "tarn.registries" .root | fromYaml) -}}
{{- if $values.agent.enabled -}}{{- $_ := set $own "agent" (dict "directory" "/run/tarn") -}}{{- end -}}
{{- if and $values.extraCA.key (or $values.extraCA.configMap $values.extraCA.secret) -}}
{{- $_ := set $own "upstream" (dict "ca" (printf "/etc/tarn/ca/%s" $values.extraCA.key)) -}}
{{- end -}}
{{- if .pool.contentStore -}}{{- $_ := set $own "containerd" (dict "contentStore" "/run/containerd-content") -}}{{- end -}}
{{- if $values.admin.tokenSecret -}}{{- $_ := set $own "admin" (dict "tokenFile" "/etc/tarn/admin/token") -}}{{- end -}}
{{- $peers := dict "mode" "none" -}}
{{- if $values.peers.enabled -}}
{{- $peers = dict "mode" "kubernetes" "namespace" .root.Release.Namespace "service" (include "tarn.fullname" .root) -}}
{{- with .pool.zone -}}{{- $_ := set $peers "zone" . -}}{{- end -}}
{{- if $values.peers.plainHttp -}}{{- $_ := set $peers "plainHttp" true -}}{{- end -}}
{{- with $values.kubernetesApi.host -}}
{{- $_ := set $peers "apiServer" (printf "https://%s:%d" (contains ":" . | ternary (printf "[%s]" .) .) (int $values.kubernetesApi.port)) -}}
{{- end -}}
{{- end -}}
{{- $_ := set $own "peers" $peers -}}
{{- toYaml (mergeOverwrite (deepCopy (default dict $values.config)) $own) -}}
{{- end -}}

{{- /* The agent's configuration, docs/agent.md; of a dict with root and pool. A JSON string is one of TOML, too. */ -}}
{{- define "tarn.agentConfig" -}}
{{- $values := .root.Values -}}
mirror = {{ printf "http://127.0.0.1:%d" (int $values.ports.registry) | toJson }}
directory = "/run/tarn"
registries = {{ include "tarn.registries" .root | fromYaml | keys | sortAlpha | toJson }}
host = "/host"
graceTime = {{ $values.agent.graceTime | toJson }}
pollInterval = {{ $values.agent.pollInterval | toJson }}
driftLimit = {{ $values.agent.driftLimit | toJson }}
listen = {{ printf "127.0.0.1:%d" (int $values.ports.agent) | toJson }}

[containerd]
distribution = {{ .pool.distribution | toJson }}
config = {{ .pool.containerd.config | toJson }}
roots = {{ .pool.roots | toJson }}
version = {{ .pool.containerd.version | toJson }}

[taint]
enabled = {{ $values.taint.enabled }}
taint = {{ $values.taint.taint | toJson }}
limit = {{ $values.taint.limit | toJson }}

[canary]
enabled = {{ $values.canary.enabled }}
interval = {{ $values.canary.interval | toJson }}

[logging]
level = {{ $values.logging.level | toJson }}
format = {{ $values.logging.format | toJson }}
{{- end -}}

{{- /* What the agent's programs see of the host, below /host; of a dict with root, pool, and readOnly. */ -}}
{{- define "tarn.hostMounts" -}}
{{- $readOnly := .readOnly -}}
{{- range $i, $directory := .pool.directories }}
- name: host-{{ $i }}
  mountPath: {{ printf "/host%s" $directory | quote }}
  readOnly: {{ $readOnly }}
{{- end }}
{{- end -}}

{{- /* Directory: a directory that is not there is not made, neither by the kubelet. */ -}}
{{- define "tarn.hostVolumes" -}}
{{- range $i, $directory := .pool.directories }}
- name: host-{{ $i }}
  hostPath:
    path: {{ $directory | quote }}
    type: Directory
{{- end }}
{{- end -}}

{{- /* Linux, and neither virtual nor serverless nodes, which have no containerd of their own. */ -}}
{{- define "tarn.affinity" -}}
nodeAffinity:
  requiredDuringSchedulingIgnoredDuringExecution:
    nodeSelectorTerms:
      - matchExpressions:
          - key: kubernetes.io/os
            operator: In
            values: [linux]
          - key: type
            operator: NotIn
            values: [virtual-kubelet]
          - key: eks.amazonaws.com/compute-type
            operator: NotIn
            values: [fargate]
{{- end -}}

{{- define "tarn.placement" -}}
{{- with .nodeSelector }}
nodeSelector: {{- toYaml . | nindent 2 }}
{{- end }}
affinity:
{{- if .affinity }}
{{- toYaml .affinity | nindent 2 }}
{{- else }}
{{- include "tarn.affinity" . | nindent 2 }}
{{- end }}
{{- with .tolerations }}
tolerations: {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{- /* The annotations of what is made after an uninstall; of its weight. */ -}}
{{- define "tarn.uninstallHook" -}}
helm.sh/hook: post-delete
helm.sh/hook-weight: {{ . | quote }}
helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded,hook-failed
{{- end -}}

{{- /* Takes entries back under a pool's roots. The ConfigMap is gone by then. */ -}}
{{- define "tarn.uninstall" -}}
- /opt/java/bin/java
- "@/opt/tarn/agent-tool.args"
- uninstall
- --host=/host
- --distribution={{ .distribution }}
{{- with .containerd.config }}
- --containerd-config={{ . }}
{{- end }}
{{- with .containerd.version }}
- --containerd-version={{ . }}
{{- end }}
{{- range .roots }}
- --root={{ . }}
{{- end }}
{{- end -}}

{{- /* As the agent's: it undoes what that one did. */ -}}
{{- define "tarn.uninstallSecurity" -}}
runAsUser: 0
runAsGroup: 0
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
  add: [CHOWN, DAC_OVERRIDE, FOWNER]
{{- end -}}
