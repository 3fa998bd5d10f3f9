package dev.lethe.operator.workload;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lethe.api.document.Documents;
import io.fabric8.kubernetes.api.model.Pod;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;

/**
 * Who signs the certificate of the progress endpoint. It may be replaced while workers run: the file by which they know it
 * follows their pod's annotation, and a label says which one that is, since annotations are not held.
 *
 * @param certificates as PEM
 */
public record Authority(String certificates) {
    private static final ObjectMapper JSON = Documents.mapper();
    private static final int LABEL_BYTES = 8;

    Map<String, String> annotation() {
        return Map.of(Annotations.PROGRESS_CA, certificates);
    }

    Map<String, String> label() {
        try {
            var digest = MessageDigest.getInstance("SHA-256").digest(certificates.getBytes(StandardCharsets.UTF_8));
            return Map.of(Labels.PROGRESS_CA, HexFormat.of().formatHex(digest, 0, LABEL_BYTES));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
    }

    /** The merge patch for a pod that was told of another one; empty for one that knows this one. */
    public Optional<String> newsFor(Pod pod) {
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
