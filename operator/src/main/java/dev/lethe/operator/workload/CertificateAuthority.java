package dev.lethe.operator.workload;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lethe.api.document.Documents;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.Map;
import java.util.Optional;

/**
 * The authority that signs the progress endpoint's certificate. It may be replaced while workers run: their file follows an
 * annotation of the pod, and a label has its digest, since the informers hold no annotations.
 *
 * @param certificates as PEM
 */
public record CertificateAuthority(String certificates) {
    private static final ObjectMapper JSON = Documents.mapper();

    Map<String, String> annotation() {
        return Map.of(Annotations.PROGRESS_CA, certificates);
    }

    Map<String, String> label() {
        return Map.of(Labels.PROGRESS_CA, Labels.digest(certificates));
    }

    /** The merge patch for a pod that has another authority; empty for one that has this one. */
    public Optional<String> patchFor(Pod pod) {
        var labels = Optional.ofNullable(pod.getMetadata().getLabels()).orElse(Map.of());
        if (labels.entrySet().containsAll(label().entrySet())) {
            return Optional.empty();
        }
        var patch = JSON.createObjectNode();
        var metadata = patch.putObject("metadata");
        metadata.set("labels", JSON.valueToTree(label()));
        metadata.set("annotations", JSON.valueToTree(annotation()));
        return Optional.of(patch.toString());
    }
}
