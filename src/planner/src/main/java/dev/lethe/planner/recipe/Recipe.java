package dev.lethe.planner.recipe;

import dev.lethe.api.resource.EvaluationSettings;
import dev.lethe.api.resource.Gate;
import dev.lethe.api.resource.LoraSpec;
import dev.lethe.api.resource.MergeSearch;
import dev.lethe.api.resource.MergeSettings;
import dev.lethe.api.resource.ObjectiveSpec;
import dev.lethe.api.resource.Retry;
import dev.lethe.api.resource.Specialist;
import dev.lethe.api.resource.SuiteSpec;
import dev.lethe.api.resource.TrainingSettings;
import dev.lethe.api.resource.TrainingTarget;
import dev.lethe.catalog.Catalog;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A published way to unlearn: the defaults for everything that a job may omit.
 *
 * @param template whether prompts are put into the model's chat template
 * @param specialists the defaults for a job's specialists of the same name
 * @param training of a specialist that the recipe does not know, and of a training that is used alone
 * @param lora of the same
 */
record Recipe(
        String name,
        String template,
        List<Specialist> specialists,
        TrainingSettings training,
        LoraSpec lora,
        MergeSettings merge,
        EvaluationSettings evaluation,
        int rounds,
        Retry retry) {

    /** Settings of the published training, batch size of the over-forgetting specialist. */
    private static final TrainingSettings TRAINING = new TrainingSettings(
            5, 1, 4, 1.0e-4, 0.01, 1.0, 256, 0.0, "fixed", false, "auto", "auto", "auto", 42L, null, 0, null);

    /** What a training that ends by a target aims at. */
    static final TrainingTarget UNTIL = new TrainingTarget(0.2, 0.1, 0.98, 10, 2);

    private static final LoraSpec LORA = new LoraSpec(32, 32.0, 0.05);

    /** Many small steps that see every retain row, and end when the target holds; epochs are the most that there may be. */
    private static final TrainingSettings CLOSED_LOOP = new TrainingSettings(
            200, 2, 1, 2.0e-4, 0.01, 0.0, 256, 1.0, "cycle", false, "auto", "auto", "auto", 42L, 6, 2, UNTIL);

    private static final LoraSpec WITHOUT_DROPOUT = new LoraSpec(32, 32.0, 0.0);

    /** What a search has that says nothing, whatever the recipe; one that searches is a recipe's own choice. */
    static final MergeSearch SEARCH =
            new MergeSearch(40, List.of("ties", "linear", "cat"), List.of(0.6, 0.8, 1.0), 0.5, 0.25, 0.95);

    /** Unlearning via model merging: ZJUKLAB at SemEval-2025 Task 4, as its code has it. */
    static final Recipe SEMEVAL2025_MERGE = new Recipe(
            "semeval2025-merge",
            "none",
            List.of(
                    specialist("over", Map.of("forget", 0.4, "retain", 0.2, "kl", 0.4), 1),
                    specialist("under", Map.of("forget", 0.3, "retain", 0.4, "kl", 0.3), 2)),
            TRAINING,
            LORA,
            new MergeSettings("ties", "peft", 0.8, null, "total", null, null),
            new EvaluationSettings(
                    List.of(SuiteSpec.of("semeval2025")),
                    List.of(
                            new Gate("semeval2025/forget-knowledge", 0.1, null, null, null),
                            new Gate("semeval2025/retain-knowledge", null, null, null, 0.8)),
                    null),
            1,
            new Retry(3));

    /** What a stage has that is used alone. */
    static final Recipe OF_STAGES = SEMEVAL2025_MERGE;

    private static final int GENERATED = 128;

    private static final String NOVEL = "memorization/forget-novel";
    private static final String NOVEL_EXCESS = "memorization/forget-novel-excess";

    /**
     * Specialists that train until the rows are forgotten, and the merge of them that is best by measurement. One forgets whole
     * rows and one only their answers, so that between them lies a merge that is neither recited nor told from what was never
     * seen.
     */
    static final Recipe CALIBRATED_MERGE = new Recipe(
            "calibrated-merge",
            "auto",
            List.of(calibrated("over", "all", 0.7, 0.1), calibrated("under", "answer", 1, 0.2)),
            CLOSED_LOOP,
            WITHOUT_DROPOUT,
            new MergeSettings(
                    null,
                    "peft",
                    null,
                    null,
                    null,
                    null,
                    new MergeSearch(null, null, null, null, null, 0.97).orElse(SEARCH),
                    null),
            new EvaluationSettings(
                    List.of(
                            new SuiteSpec("semeval2025", Map.of("maxNewTokens", GENERATED)),
                            SuiteSpec.of("memorization"),
                            SuiteSpec.of("mia"),
                            new SuiteSpec("fluency", Map.of("maxNewTokens", GENERATED)),
                            SuiteSpec.of("relearn"),
                            SuiteSpec.of("quantize")),
                    List.of(
                            new Gate(NOVEL, 0.25, null, null, null, true),
                            new Gate(NOVEL_EXCESS, 0.2, null, null, null, true),
                            new Gate("memorization/retain-exact", null, null, null, 0.95, true),
                            new Gate("memorization/retain-probability", null, null, null, 0.9),
                            new Gate("mia/loss-auc", 0.65, 0.35, null, null),
                            new Gate("fluency/retain-degenerate", 0.05, null, null, null),
                            new Gate("relearn/recovery", 0.25, null, null, null),
                            new Gate("quantize/int4-recovery", 0.2, null, null, null)),
                    null),
            2,
            new Retry(3));

    /**
     * The specialists of a job. Whole rows are forgotten only where it can be measured whether that makes them look unseen; else
     * both specialists forget answers, one of them further.
     */
    List<Specialist> specialists(boolean membership) {
        return name.equals("calibrated-merge") && !membership
                ? List.of(calibrated("over", "answer", 0.5, 0.05), calibrated("under", "answer", 1, 0.2))
                : specialists;
    }

    /** Of two gates on what only the forget rows tell, the one that compares with what the base never saw decides where it can. */
    static List<Gate> telling(List<Gate> gates) {
        var compared = gates.stream().anyMatch(gate -> gate.metric().equals(NOVEL_EXCESS));
        return gates.stream()
                .filter(gate -> !compared || !gate.metric().equals(NOVEL))
                .toList();
    }

    /** What a job has that names no recipe. */
    static final Recipe DEFAULT = CALIBRATED_MERGE;

    static final Map<String, Recipe> BY_NAME = Stream.of(CALIBRATED_MERGE, SEMEVAL2025_MERGE)
            .collect(Collectors.toUnmodifiableMap(Recipe::name, Function.identity()));

    /**
     * The recipe of that name; the default one where there is none.
     *
     * @throws InvalidSpec if no recipe has that name
     */
    static Recipe named(@Nullable String name) {
        if (name == null) {
            return DEFAULT;
        }
        var descriptor = Catalog.RECIPES.get(
                name, "recipe", (field, found, expected) -> new InvalidSpec("spec." + field, found, expected));
        return Objects.requireNonNull(BY_NAME.get(descriptor.name()));
    }

    /** @param exact the largest exact memorisation of a row to forget that ends the training */
    private static Specialist calibrated(String name, String tokens, double beta, double exact) {
        var objective = new ObjectiveSpec(
                "npo",
                Map.of(
                        "reduction",
                        "per-token",
                        "beta",
                        beta,
                        "tokens",
                        tokens,
                        "klMask",
                        "answer",
                        ObjectiveSpec.WEIGHTS,
                        Map.of("forget", 1.0, "retain", 1.0, "kl", 1.0)));
        var until = new TrainingTarget(exact, null, null, null, null).orElse(UNTIL);
        return new Specialist(name, objective, CLOSED_LOOP.withUntil(until), WITHOUT_DROPOUT, null);
    }

    private static Specialist specialist(String name, Map<String, Double> weights, int batchSize) {
        var objective = new ObjectiveSpec("npo", Map.of(ObjectiveSpec.WEIGHTS, weights));
        return new Specialist(
                name, objective, TrainingSettings.ofBatchSize(batchSize).orElse(TRAINING), LORA, null);
    }
}
