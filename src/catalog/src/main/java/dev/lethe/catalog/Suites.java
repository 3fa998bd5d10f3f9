package dev.lethe.catalog;

import static dev.lethe.catalog.SuiteDescriptor.Good.HALF;
import static dev.lethe.catalog.SuiteDescriptor.Good.HIGHER;
import static dev.lethe.catalog.SuiteDescriptor.Good.LOWER;

import dev.lethe.catalog.SuiteDescriptor.Form;
import dev.lethe.catalog.SuiteDescriptor.Good;
import dev.lethe.catalog.SuiteDescriptor.Input;
import dev.lethe.catalog.SuiteDescriptor.Metric;
import java.util.List;
import java.util.stream.Stream;

/** The suites. */
final class Suites {
    private static final List<Option> GENERATION = List.of(
            Option.whole(
                    "maxNewTokens",
                    256L,
                    1,
                    4096,
                    "Tokens generated per row, as many as in SemEval's official evaluator."),
            Option.whole("batchSize", 16L, 1, 1024, "Rows generated side by side; it does not change a token."));

    private static final Input MMLU_FOLDER =
            new Input("mmlu", Form.FOLDER, false, "The standard MMLU CSV folder; not measured when absent.");

    static final SuiteDescriptor SEMEVAL2025 = new SuiteDescriptor(
            "semeval2025",
            "What a model recites and knows of forget and retain rows, and whether documents that it was trained on can be told"
                    + " from others.",
            List.of(
                    perTask("forget-knowledge", LOWER, "The share of questions on forget rows that are answered."),
                    perTask(
                            "forget-regurgitation",
                            LOWER,
                            "How much of the forget rows' texts is recited: ROUGE-L recall of the continuation."),
                    perTask("retain-knowledge", HIGHER, "The share of questions on retain rows that are answered."),
                    perTask(
                            "retain-regurgitation",
                            HIGHER,
                            "How much of the retain rows' texts is continued as they go on: ROUGE-L recall."),
                    perTask(
                            "forget-regurgitation-unicode",
                            LOWER,
                            "forget-regurgitation over letters and digits of every script, for texts that are not in English."),
                    perTask(
                            "retain-regurgitation-unicode",
                            HIGHER,
                            "retain-regurgitation over letters and digits of every script, for texts that are not in English."),
                    metric(
                            "task-aggregate",
                            HIGHER,
                            0,
                            1,
                            "The harmonic mean of the twelve values per subtask, forget values as 1 - value."),
                    metric(
                            "retain-perplexity",
                            LOWER,
                            1,
                            Double.MAX_VALUE,
                            "The perplexity of the retain rows' outputs after their inputs."),
                    metric(
                            "mia-auc",
                            HALF,
                            0,
                            1,
                            "How well documents that were trained on are told from others by their likelihood.",
                            "nonMembers"),
                    metric("mia-score", HIGHER, 0, 1, "1 - 2·|mia-auc - 0.5|.", "nonMembers"),
                    metric("mmlu", HIGHER, 0, 1, "The accuracy of suite mmlu.", "mmlu"),
                    metric(
                            "final-score",
                            HIGHER,
                            0,
                            1,
                            "The mean of task-aggregate, mia-score and mmlu.",
                            "nonMembers",
                            "mmlu")),
            List.of(
                    new Input(
                            "members",
                            Form.DOCUMENTS,
                            false,
                            "Documents of the forget set for membership inference; the forget set's Task3 documents when absent."),
                    new Input(
                            "nonMembers",
                            Form.DOCUMENTS,
                            false,
                            "Documents that the model never saw; membership is not measured when absent."),
                    MMLU_FOLDER),
            GENERATION,
            "SemEval-2025 Task 4, evaluate_generations.py of the organisers (locuslab, llmunlearningsemeval2025)",
            "0.1");

    static final SuiteDescriptor MMLU = new SuiteDescriptor(
            "mmlu",
            "What a model knows in general: multiple-choice questions of 57 subjects, five examples each.",
            List.of(metric("accuracy", HIGHER, 0, 1, "The share of questions whose right letter is the likeliest.")),
            List.of(new Input("mmlu", Form.FOLDER, true, MMLU_FOLDER.text())),
            GENERATION,
            "Hendrycks et al. 2021, arXiv 2009.03300, as open-instruct measures it without a chat format",
            "0.1");

    static final SuiteDescriptor CUSTOM = new SuiteDescriptor(
            Descriptor.CUSTOM,
            "Metrics of your own, custom/NAME, which an image of your own measures (the evaluation's compute.runtime.image).",
            List.of(),
            List.of(),
            Stream.concat(GENERATION.stream(), Stream.of(Option.parameters())).toList(),
            "yours",
            "0.1");

    private Suites() {}

    private static Metric perTask(String name, Good good, String text) {
        return new Metric(name, good, 0, 1, List.of("Task1", "Task2", "Task3"), List.of(), text);
    }

    private static Metric metric(String name, Good good, double low, double high, String text, String... needs) {
        return new Metric(name, good, low, high, List.of(), List.of(needs), text);
    }
}
