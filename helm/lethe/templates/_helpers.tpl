{{- define "lethe.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{/*
The Service is called lethe-operator for a release called lethe. A name that is too long is cut, and ends in a hash of the whole:
two releases must not come to share one.
*/}}
{{- define "lethe.fullname" -}}
{{- $name := include "lethe.name" . -}}
{{- $full := printf "%s-%s-operator" .Release.Name $name -}}
{{- if .Values.fullnameOverride -}}
{{- $full = .Values.fullnameOverride -}}
{{- else if contains $name .Release.Name -}}
{{- $full = printf "%s-operator" .Release.Name -}}
{{- end -}}
{{- if gt (len $full) 50 -}}
{{- printf "%s-%s" ($full | trunc 41 | trimSuffix "-") ($full | sha256sum | trunc 8) -}}
{{- else -}}
{{- $full -}}
{{- end -}}
{{- end -}}

{{/* What the release's objects outside of its own namespace are called. Neither part has a dot, so two releases never share one. */}}
{{- define "lethe.qualifiedName" -}}
{{ include "lethe.fullname" . }}.{{ .Release.Namespace }}
{{- end -}}

{{- define "lethe.serviceAccount" -}}
{{- if .Values.serviceAccount.create -}}
{{- default (include "lethe.fullname" .) .Values.serviceAccount.name -}}
{{- else -}}
{{- required "serviceAccount.name: found nothing, expected a name where serviceAccount.create is false" .Values.serviceAccount.name -}}
{{- end -}}
{{- end -}}

{{/* What never changes in the life of a release: a Deployment's selector may not. */}}
{{- define "lethe.selector" -}}
app.kubernetes.io/name: {{ include "lethe.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: operator
{{- end -}}

{{- define "lethe.labels" -}}
{{ include "lethe.selector" . }}
app.kubernetes.io/part-of: lethe
app.kubernetes.io/managed-by: {{ .Release.Service }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end -}}

{{/* An image by digest, tag or the chart's version. */}}
{{- define "lethe.image" -}}
{{- if .image.digest -}}
{{ .image.repository }}@{{ .image.digest }}
{{- else -}}
{{ .image.repository }}:{{ .image.tag | default .root.Chart.AppVersion }}
{{- end -}}
{{- end -}}

{{/* Requests and limits as JSON, each quantity a text: 1 and "1" are the same to Kubernetes. */}}
{{- define "lethe.resources" -}}
{{- $resources := dict -}}
{{- range $which, $quantities := . -}}
{{- $texts := dict -}}
{{- range $name, $quantity := $quantities -}}
{{- $_ := set $texts $name ($quantity | toJson | trimAll "\"") -}}
{{- end -}}
{{- $_ := set $resources $which $texts -}}
{{- end -}}
{{- toJson $resources -}}
{{- end -}}

{{/* What jobs do not say in their `compute`, in the same fields, as JSON. */}}
{{- define "lethe.compute" -}}
{{- $compute := dict -}}
{{- with .podLabels }}{{ $_ := set $compute "labels" . }}{{ end -}}
{{- with .podAnnotations }}{{ $_ := set $compute "annotations" . }}{{ end -}}
{{- with .nodeSelector }}{{ $_ := set $compute "nodeSelector" . }}{{ end -}}
{{- with .tolerations }}{{ $_ := set $compute "tolerations" . }}{{ end -}}
{{- with .podSecurityContext }}{{ $_ := set $compute "securityContext" . }}{{ end -}}
{{- with .sameNode }}{{ $_ := set $compute "sameNode" . }}{{ end -}}
{{- toJson $compute -}}
{{- end -}}

{{- define "lethe.tlsSecret" -}}
{{- default (printf "%s-tls" (include "lethe.fullname" .)) .Values.tls.existingSecret -}}
{{- end -}}

{{/*
Of these namespaces, those that an object can be put into. An upgrade leaves one out that is gone, for which helm would give the whole of it
up. Everything else (`helm template`, Argo CD) takes every one to be there: what is rendered is the same each time.
*/}}
{{- define "lethe.namespacesThere" -}}
{{- $there := list -}}
{{- $cluster := and .root.Release.IsUpgrade (lookup "v1" "Namespace" "" "default") -}}
{{- range .namespaces -}}
{{- if or (not $cluster) (lookup "v1" "Namespace" "" .) -}}
{{- $there = append $there . -}}
{{- end -}}
{{- end -}}
{{- toJson $there -}}
{{- end -}}

{{/*
What the operator may do in a namespace whose jobs it runs. A test holds these, and the Role and ClusterRole in rbac.yaml, to
operator/src/test/resources/used-permissions.txt. None is for finalizers: no owner reference of the operator's blocks its owner's deletion.
*/}}
{{- define "lethe.namespacedRules" -}}
- apiGroups: [lethe.dev]
  resources: [unlearningjobs]
  verbs: [list, watch]
- apiGroups: [lethe.dev]
  resources: [modelpreparations, modeltrainings, modelmerges, modelevaluations, modelpublications]
  verbs: [create, get, list, patch, watch]
- apiGroups: [lethe.dev]
  resources: [unlearningjobs/status]
  verbs: [update]
- apiGroups: [lethe.dev]
  resources: [modelpreparations/status, modeltrainings/status, modelmerges/status, modelevaluations/status, modelpublications/status]
  verbs: [patch, update]
- apiGroups: [batch]
  resources: [jobs]
  verbs: [create, delete, get, list, patch, watch]
- apiGroups: [""]
  resources: [pods]
  verbs: [list, patch, watch]
- apiGroups: [""]
  resources: [persistentvolumeclaims]
  verbs: [list, watch]
- apiGroups: [""]
  resources: [events]
  verbs: [create, list]
{{- if ne (toString .Values.kueue) "false" }}
- apiGroups: [kueue.x-k8s.io]
  resources: [workloads]
  verbs: [list, watch]
{{- end }}
{{- end -}}
