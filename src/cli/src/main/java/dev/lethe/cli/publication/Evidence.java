package dev.lethe.cli.publication;

import dev.lethe.api.resource.Kind;
import dev.lethe.api.resource.ModelPublicationSpec;
import dev.lethe.api.status.GateResult;
import dev.lethe.api.status.MetricValue;
import dev.lethe.api.status.Verdict;
import dev.lethe.weights.RefusedInput;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * {@code lethe-evidence.json}: what was measured of the published model, and what it was made of, by digests.
 *
 * @param model what stands beside this file
 * @param systems the measured systems: {@code base}, each specialist, {@code merge}
 * @param stages that made and measured the model, by name
 */
record Evidence(
        String apiVersion,
        Verdict verdict,
        List<GateResult> gates,
        Model model,
        SortedMap<String, MeasuredContent> systems,
        SortedMap<String, StageAccount> stages) {
    static final String API_VERSION = "evidence.lethe.dev/v1alpha1";

    /**
     * @param digest of the payload
     * @param files {@code sha256:HEX} of each file of the payload
     */
    record Model(String digest, SortedMap<String, String> files) {}

    /**
     * A system and its numbers.
     *
     * @param model digest of the model folder
     * @param adapter digest of the adapter that was on it
     */
    record MeasuredContent(
            @Nullable String model,
            @Nullable String adapter,
            SortedMap<String, MetricValue> metrics,
            SortedMap<String, String> notMeasured) {}

    /**
     * Reads the accounts of the stages and holds them against each other and against the model.
     *
     * @throws RefusedInput where a stage's output is not what the spec or the stage says, an input changed between two
     *     stages, a merge made another model, no evaluation measured this one, or a gate's number is not the one that was measured
     */
    static Evidence gather(ModelPublicationSpec spec, Function<String, Path> path, Payload payload) {
        SortedMap<String, StageAccount> stages = new TreeMap<>();
        SortedMap<String, MeasuredContent> systems = new TreeMap<>();
        UnchangedInputs inputs = new UnchangedInputs();
        for (var reference : Objects.requireNonNullElse(spec.evidence(), List.<ModelPublicationSpec.Evidence>of())) {
            Path folder = path.apply(reference.uri());
            StageAccount stage = StageAccount.read(folder, reference.digest());
            inputs.add(reference.stage(), StageAccount.result(folder));
            stages.put(reference.stage(), stage);
            if (stage.kind() == Kind.ModelEvaluation) {
                systems.put(reference.stage().replaceFirst("^eval-", ""), measured(stage));
            }
        }
        List<GateResult> gates = Objects.requireNonNullElse(spec.gates(), List.of());
        requireMadeHere(stages, payload.digest());
        requireMeasured(systems, payload.digest(), gates);
        return new Evidence(
                API_VERSION, spec.verdict(), gates, new Model(payload.digest(), payload.files()), systems, stages);
    }

    private static MeasuredContent measured(StageAccount stage) {
        return new MeasuredContent(
                stage.digestOf("model"), stage.digestOf("adapter"), stage.metrics(), stage.notMeasured());
    }

    private static void requireMadeHere(Map<String, StageAccount> stages, String digest) {
        stages.forEach((name, stage) -> {
            if (stage.kind() == Kind.ModelMerge && !stage.output().equals(digest)) {
                throw RefusedInput.at("publication", "output of stage " + name, stage.output(), digest);
            }
        });
    }

    private static void requireMeasured(Map<String, MeasuredContent> systems, String digest, List<GateResult> gates) {
        if (systems.isEmpty()) {
            return; // a publication that is used alone may have nothing but a verdict
        }
        MeasuredContent published = systems.values().stream()
                .filter(system -> digest.equals(system.model()) && system.adapter() == null)
                .findFirst()
                .orElseThrow(() -> RefusedInput.at(
                        "publication", "evidence", "no evaluation of " + digest, "one that measured the model"));
        for (GateResult gate : gates) {
            MetricValue measured = published.metrics().get(gate.metric());
            if (measured == null || !Objects.equals(gate.value(), measured.value())) {
                String found = measured == null ? "no number" : Double.toString(measured.value());
                throw RefusedInput.at(
                        "publication", gate.metric() + " of the evidence", found, gate.value() + ", as in the gate");
            }
        }
    }
}
