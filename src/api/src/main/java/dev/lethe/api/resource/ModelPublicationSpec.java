package dev.lethe.api.resource;

import dev.lethe.api.status.GateResult;
import dev.lethe.api.status.Verdict;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Copy a verified model to its destination with its digest and evidence.
 *
 * @param model the model folder and the digest that it must have
 * @param output where the model is published
 * @param verdict {@code Passed} by gates and evidence, which the publication holds against each other again; or {@code Declared},
 *     without any: somebody's word, as the model's card then says
 * @param gates the bounds that the model was held against, decided
 * @param evidence outputs of the stages that made and measured the model
 * @param execution how its pods run
 */
@ValidationRule(
        value = "self.verdict in ['Passed', 'Declared']",
        fieldPath = ".verdict",
        message =
                "only a model whose verdict is Passed is published, or one that is Declared fit without a measurement")
@ValidationRule(
        value = "self.verdict != 'Passed' || (has(self.gates) && has(self.evidence)"
                + " && self.evidence.all(e, has(e.digest) && has(e.result)))",
        message =
                "verdict Passed needs gates, and evidence with the digest of each stage's output and of its result.json")
@ValidationRule(
        value = "self.verdict != 'Declared' || (!has(self.gates) && !has(self.evidence))",
        message = "verdict Declared has neither gates nor evidence: nothing was measured")
@ValidationRule(
        value = "has(self.model.digest)",
        fieldPath = ".model",
        message = "a model is published by its digest: model.digest is missing")
public record ModelPublicationSpec(
        Source model,
        Destination output,
        Verdict verdict,
        @Size(min = 1, max = 128) @Nullable List<GateResult> gates,
        @KeyedBy("stage") @Size(min = 1, max = 32) @Nullable List<Evidence> evidence,
        Execution execution)
        implements StageSpec {
    @Override
    public String outputUri() {
        return output.uri();
    }

    @Override
    public ModelPublicationSpec withExecution(Execution other) {
        return new ModelPublicationSpec(model, output, verdict, gates, evidence, other);
    }

    @Override
    public ModelPublicationSpec withUris(UnaryOperator<String> change) {
        return new ModelPublicationSpec(
                model.withUri(change),
                output.withUri(change),
                verdict,
                gates,
                evidence == null
                        ? null
                        : evidence.stream().map(it -> it.withUri(change)).toList(),
                execution);
    }

    /**
     * A finished stage's output folder, with its {@code result.json}.
     *
     * @param stage the stage's name
     * @param kind the stage's kind
     * @param uri the folder: {@code pvc://CLAIM/PATH} in a cluster, {@code file:PATH} on a laptop
     * @param digest {@code sha256:HEX} of its payload
     * @param result {@code sha256:HEX} of its {@code result.json}, as the stage's status has it
     */
    @ValidationRule(
            value = "!self.uri.matches('" + Syntax.CLIMBS + "')",
            fieldPath = ".uri",
            message = "a path may not contain '..', but one on this machine")
    public record Evidence(
            @Pattern(Syntax.OBJECT_NAME) @Size(max = Syntax.OBJECT_NAME_LENGTH) String stage,
            Kind kind,
            @Pattern(Syntax.URI) @Size(max = Syntax.URI_LENGTH) String uri,
            @Pattern(Syntax.DIGEST) @Size(max = Syntax.DIGEST_LENGTH) @Nullable String digest,
            @Pattern(Syntax.DIGEST) @Size(max = Syntax.DIGEST_LENGTH) @Nullable String result) {
        Evidence withUri(UnaryOperator<String> change) {
            return new Evidence(stage, kind, change.apply(uri), digest, result);
        }
    }
}
