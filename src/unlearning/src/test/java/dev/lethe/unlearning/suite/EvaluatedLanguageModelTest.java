package dev.lethe.unlearning.suite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.lethe.catalog.SuiteDescriptor;
import dev.lethe.unlearning.Fixtures;
import dev.lethe.unlearning.data.Row;
import dev.lethe.unlearning.data.Rows;
import dev.lethe.unlearning.metric.TokenScores;
import dev.lethe.unlearning.model.BaseModel;
import dev.lethe.unlearning.model.LanguageModel;
import dev.lethe.unlearning.tensor.Device;
import dev.lethe.unlearning.tensor.Dtype;
import dev.lethe.unlearning.tokenizer.TextTokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.assertj.core.util.DoubleComparator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Golden numbers: transformers 5.23 in float32 on the same folder, each text alone; here in one padded batch. */
class EvaluatedLanguageModelTest {

    private static final Offset<Double> ROUNDING = within(1e-4);

    private static final Comparator<Double> ROUNDED = new DoubleComparator(1e-4);

    private BaseModel base;
    private TextTokenizer tokenizer;
    private EvaluatedLanguageModel model;

    @BeforeEach
    void load() {
        Path folder = Fixtures.path("olmo-tiny");
        base = BaseModel.load(folder, Dtype.F32, Device.CPU);
        tokenizer = TextTokenizer.load(folder);
        model = new EvaluatedLanguageModel("olmo-tiny", new LanguageModel(base), tokenizer);
    }

    @AfterEach
    void close() {
        tokenizer.close();
        base.close();
    }

    @Test
    void continuations() {
        assertThat(model.generate(List.of("The ferryman waits", "Lethe"), 8))
                .containsExactly("na th_ 2\ufffd\ufffd\ufffdav", "xvv deome\ufffd\u0018 19");
        assertThat(model.generate(List.of(""), 1)).hasSize(1);
    }

    @Test
    void likelihoodOfDocuments() {
        assertThat(model.documentNll(List.of("The ferryman waits at the river.", "Lethe")))
                .containsExactly(new double[] {6.761799335479736, 6.519690036773682}, ROUNDING);
    }

    @Test
    void likelihoodOfOutputsAfterTheirInputs() {
        List<Row> rows = List.of(
                new Row("1sc1", "Who drinks from", "the river forgets.", null), new Row("2sc1", "Name", "Lethe", null));
        assertThat(model.outputNll(rows))
                .containsExactly(new double[] {7.188765525817871, 7.256968975067139}, ROUNDING);
    }

    @Test
    void scoresOfTokensAreOfTheSameModel() {
        List<String> documents = List.of("The ferryman waits at the river.", "Lethe");
        assertThat(model.documentScores(documents))
                .extracting(TokenScores::meanNll)
                .usingElementComparator(ROUNDED)
                .containsExactly(6.761799335479736, 6.519690036773682);
        List<Row> rows =
                List.of(new Row("1sc1", "Who drinks from", " the river", null), new Row("2sc1", "", "Lethe", null));
        List<TokenScores> scores = model.answerScores(rows);
        assertThat(scores.getFirst().meanNll()).isCloseTo(model.outputNll(rows)[0], ROUNDING);
        assertThat(scores.getLast().size()).isEqualTo(model.tokenCount("Lethe"));
    }

    @Test
    void logitsOfOptions() {
        double[][] logits = model.nextTokenLogits(
                List.of("Which river burns?\nAnswer:", "Answer:"), List.of(" A", " B", " C", " D"));
        assertThat(logits[0]).containsExactly(new double[] {0.66202, 0.73528, 0.28616, 0.05877}, ROUNDING);
        assertThat(logits[1]).containsExactly(new double[] {-1.84591, -0.92833, -0.05967, -0.25044}, ROUNDING);
    }

    /** Two suites ask the same of it: it answers with the very same list, and another length is another question. */
    @Test
    void whatWasSaidIsRemembered() {
        List<String> prompts = List.of("The ferryman waits", "Lethe");
        List<String> said = model.generate(prompts, 4);
        assertThat(model.generate(List.copyOf(prompts), 4)).isSameAs(said);
        assertThat(model.generate(prompts, 2)).isNotEqualTo(said);
    }

    @Test
    void aRealModelIsMeasuredByTheWholeSuite(@TempDir Path folder) {
        SuiteInputs inputs = few(Map.of("nonMembers", Fixtures.path("semeval/retain.jsonl")));
        SuiteResult result =
                new Semeval2025().measure(model, inputs, Semeval2025Test.settings(4, 3), folder, (done, total) -> {});
        assertThat(result.metrics().get("semeval2025/mia-auc").value()).isBetween(0.0, 1.0);
        assertThat(result.metrics().get("semeval2025/retain-perplexity").value())
                .isGreaterThan(1);
        assertThat(result.metrics().get("semeval2025/forget-knowledge").value()).isZero();
    }

    @ParameterizedTest
    @CsvSource({"memorization, ", "mia, ", "utility, 4", "fluency, 4"})
    void everyMetricOfARealModelIsInItsRange(String name, @Nullable Integer maxNewTokens, @TempDir Path folder)
            throws IOException {
        Path choices = Files.writeString(
                folder.resolve("choices.jsonl"),
                "{\"question\": \"Which river?\", \"choices\": [\"Lethe\", \"Styx\"], \"answer\": \"A\"}");
        Suite suite = Suites.LETHE.named(name);
        Map<String, Integer> options =
                maxNewTokens == null ? Map.of("batchSize", 3) : Map.of("batchSize", 3, "maxNewTokens", maxNewTokens);
        SuiteResult result = suite.measure(
                model,
                few(Map.of(
                        "nonMembers",
                        Fixtures.path("semeval/retain.jsonl"),
                        "choices",
                        choices,
                        "reference",
                        Fixtures.path("olmo-tiny"))),
                new SuiteSettings(Suites.options(suite.descriptor(), options)),
                folder,
                (done, total) -> {});
        assertThat(result.notMeasured()).isEmpty();
        result.metrics().forEach((metric, it) -> {
            SuiteDescriptor.Metric what = suite.descriptor().metric(metric).orElseThrow();
            assertThat(it.value()).as(metric).isBetween(what.low(), what.high()).isBetween(it.low(), it.high());
        });
    }

    private static SuiteInputs few(Map<String, Path> files) {
        Rows forget = Rows.read(Fixtures.path("semeval/forget.jsonl"));
        Rows retain = Rows.read(Fixtures.path("semeval/retain.jsonl"));
        return new SuiteInputs(
                new Rows("few", forget.rows().subList(0, 8), "sha256:few"),
                new Rows("others", retain.rows().subList(0, 8), "sha256:others"),
                files);
    }
}
