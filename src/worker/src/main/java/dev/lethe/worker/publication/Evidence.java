package dev.lethe.worker.publication;

import dev.lethe.api.resource.Kind;
import dev.lethe.api.resource.ModelPublicationSpec;
import dev.lethe.api.stage.StageResult;
import dev.lethe.api.status.GateResult;
import dev.lethe.api.status.MetricValue;
import dev.lethe.api.status.Verdict;
import dev.lethe.merge.InvalidInput;
import dev.lethe.merge.RefusedInput;
import dev.lethe.planner.gate.Gates;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * {@code lethe-evidence.json}: what was measured of the published model, and what it was made of, by digests.
 *
 * @param model the model beside this file
 * @param systems the measured systems: {@code base}, each specialist, the merge of each round
 * @param stages that made and measured the model, by name
 */
record Evidence(
        String apiVersion,
        Verdict verdict,
        List<GateResult> gates,
        Model model,
        SortedMap<String, MeasuredContent> systems,
        SortedMap<String, StageProvenance> stages) {
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
     * Reads the results of the stages and checks them against each other and against the model.
     *
     * @throws RefusedInput where a stage's output is not what the spec or the stage says, an input changed between two
     *     stages, a merge made another model, no evaluation measured this one, or its numbers do not meet a gate
     */
    static Evidence gather(ModelPublicationSpec spec, Function<String, Path> path, Payload payload) {
        SortedMap<String, StageProvenance> stages = new TreeMap<>();
        SortedMap<String, MeasuredContent> systems = new TreeMap<>();
        UnchangedInputs inputs = new UnchangedInputs();
        for (var reference : Objects.requireNonNullElse(spec.evidence(), List.<ModelPublicationSpec.Evidence>of())) {
            Path folder = path.apply(reference.uri());
            StageResult result = result(reference, folder);
            StageProvenance stage = StageProvenance.of(folder, result, reference.digest());
            inputs.add(reference.stage(), result);
            stages.put(reference.stage(), stage);
            if (stage.kind() == Kind.ModelEvaluation) {
                systems.put(reference.stage().replaceFirst("^eval-", ""), measured(stage));
            }
        }
        requireMadeHere(stages.values(), payload.digest());
        List<GateResult> gates =
                spec.gates() == null ? List.of() : decided(spec.gates(), systems, stages, payload.digest());
        return new Evidence(
                API_VERSION, spec.verdict(), gates, new Model(payload.digest(), payload.files()), systems, stages);
    }

    /** The result that the stage reported when it ended: one that was changed since is refused. */
    private static StageResult result(ModelPublicationSpec.Evidence reference, Path folder) {
        if (reference.result() == null) {
            throw InvalidInput.at(
                    "publication",
                    "evidence of stage " + reference.stage() + ": result",
                    "nothing",
                    "the digest of its result.json, as its status has it");
        }
        return ResultFile.verified(folder, reference.result());
    }

    private static MeasuredContent measured(StageProvenance stage) {
        return new MeasuredContent(
                stage.digestOf("model"), stage.digestOf("adapter"), stage.metrics(), stage.notMeasured());
    }

    /** Where there are merges, one of them made the model; those of the rounds before made others. */
    private static void requireMadeHere(Collection<StageProvenance> stages, String digest) {
        List<String> merged = stages.stream()
                .filter(stage -> stage.kind() == Kind.ModelMerge)
                .map(StageProvenance::output)
                .toList();
        if (!merged.isEmpty() && !merged.contains(digest)) {
            throw RefusedInput.at("publication", "output of the merge", String.join(", ", merged), digest);
        }
    }

    /** Whether a system is the model beside this file, with nothing on it. */
    boolean isPublished(String system) {
        return isOf(Objects.requireNonNull(systems.get(system)), model.digest());
    }

    private static boolean isOf(MeasuredContent system, String model) {
        return model.equals(system.model()) && system.adapter() == null;
    }

    /**
     * The bounds, decided again from what was measured of the published model.
     *
     * @throws RefusedInput where no evaluation measured it, one gives another number than the gates speak of, or a bound is not
     *     met
     */
    private static List<GateResult> decided(
            List<GateResult> told,
            Map<String, MeasuredContent> systems,
            Map<String, StageProvenance> stages,
            String digest) {
        Map<String, MetricValue> published = systems.values().stream()
                .filter(system -> isOf(system, digest))
                .findFirst()
                .map(system -> Map.copyOf(system.metrics()))
                .orElseThrow(() -> RefusedInput.at(
                        "publication", "evidence", "no evaluation of " + digest, "one that measured the model"));
        List<GateResult> decided = Gates.decideAgain(told, published, base(systems, stages, digest));
        for (int i = 0; i < told.size(); i++) {
            GateResult now = decided.get(i);
            GateResult then = told.get(i);
            String gate = "gate on " + now.metric();
            if (now.verdict() != Verdict.Passed) {
                throw RefusedInput.at("publication", gate, now.verdict().name(), Verdict.Passed.name());
            }
            if (!now.equals(then)) {
                throw RefusedInput.at(
                        "publication", gate + " by the evidence", numbers(now), numbers(then) + ", as in the gate");
            }
        }
        return decided;
    }

    private static String numbers(GateResult gate) {
        return "%s held against %s".formatted(gate.value(), gate.limit());
    }

    /** The metrics of the model that the published one was made from: the only other model that was measured. */
    private static Map<String, MetricValue> base(
            Map<String, MeasuredContent> systems, Map<String, StageProvenance> stages, String digest) {
        Set<String> bases = stages.values().stream()
                .filter(stage -> stage.kind() == Kind.ModelMerge)
                .map(stage -> stage.digestOf("base"))
                .filter(Objects::nonNull)
                .collect(Collectors.toSet());
        List<MeasuredContent> others = systems.values().stream()
                .filter(system -> system.adapter() == null && !digest.equals(system.model()))
                .filter(system -> bases.isEmpty() || bases.contains(system.model()))
                .toList();
        return others.size() == 1 ? Map.copyOf(others.getFirst().metrics()) : Map.of();
    }
}
