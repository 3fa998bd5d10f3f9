package dev.lethe.e2e.scene;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.lethe.api.document.Documents;
import dev.lethe.api.status.Attempt;
import dev.lethe.api.status.Condition;
import dev.lethe.api.status.GateResult;
import dev.lethe.api.status.StageSummary;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.List;
import java.util.Optional;
import java.util.stream.StreamSupport;

/** What the status of a job or of a stage says. */
public record Status(JsonNode document) {
    static final Status NONE = new Status(JsonNodeFactory.instance.objectNode());

    static Status of(GenericKubernetesResource resource) {
        Object status = resource.getAdditionalProperties().get("status");
        return status == null ? NONE : new Status(Documents.mapper().valueToTree(status));
    }

    public String phase() {
        return document.path("phase").asText();
    }

    public String verdict() {
        return document.path("verdict").asText();
    }

    /** The reason of condition {@code Ready}. */
    public String reason() {
        return ready().map(c -> c.reason().name()).orElse("");
    }

    /** The message of condition {@code Ready}. */
    public String message() {
        return ready().map(Condition::message).orElse("");
    }

    public boolean ended() {
        return List.of("Succeeded", "Failed").contains(phase());
    }

    public String digest() {
        return document.path("output").path("digest").asText();
    }

    /** Steps done by the present attempt, as far as the status knows. */
    public long step() {
        return document.path("progress").path("step").asLong();
    }

    public List<Condition> conditions() {
        return list("conditions", Condition.class);
    }

    public List<Attempt> attempts() {
        return list("attempts", Attempt.class);
    }

    public List<StageSummary> stages() {
        return list("stages", StageSummary.class);
    }

    public List<GateResult> gates() {
        return list("gates", GateResult.class);
    }

    private Optional<Condition> ready() {
        return conditions().stream().filter(c -> c.type().equals("Ready")).findFirst();
    }

    private <T> List<T> list(String field, Class<T> type) {
        return StreamSupport.stream(document.path(field).spliterator(), false)
                .map(node -> Documents.mapper().convertValue(node, type))
                .toList();
    }

    @Override
    public String toString() {
        return Serialization.asYaml(document);
    }
}
