package dev.lethe.unlearning.suite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lethe.unlearning.Fixtures;
import dev.lethe.unlearning.data.Row;
import dev.lethe.unlearning.data.Rows;
import dev.lethe.unlearning.model.BaseModel;
import dev.lethe.unlearning.model.LanguageModel;
import dev.lethe.unlearning.tensor.Device;
import dev.lethe.unlearning.tensor.Dtype;
import dev.lethe.unlearning.tokenizer.TextTokenizer;
import dev.lethe.unlearning.training.Relearning;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QuantizeTest {
    private static final Rows FORGET =
            rows("forget", "Which river burns?", "Phlegethon", "Which one wails?", "Cocytus");
    private static final Rows RETAIN = rows("retain", "Who is the ferryman?", "Charon");

    private final Quantize suite = new Quantize();

    @TempDir
    private Path folder;

    /** 8 bit are near enough to lose nothing that is known well; with 4, what is remembered moves. */
    @Test
    void aKnownAnswerSurvivesEightBit() {
        try (BaseModel base = BaseModel.load(Fixtures.path("olmo-tiny"), Dtype.F32, Device.CPU);
                TextTokenizer tokenizer = TextTokenizer.load(Fixtures.path("olmo-tiny"))) {
            EvaluatedModel innocent = new EvaluatedLanguageModel("innocent", new LanguageModel(base), tokenizer);
            try (DerivedModel knows = innocent.relearned(new Relearning(60, 8, 1e-2, 1), FORGET.rows(), () -> {})) {
                SuiteResult result = measure(knows.model(), "work");
                assertThat(result.metrics().keySet()).isEqualTo(suite.metrics());
                assertThat(value(result, "int8-forget-exact")).isEqualTo(1);
                assertThat(value(result, "int8-recovery")).isZero();
                assertThat(value(result, "int4-forget-exact") - 1).isEqualTo(value(result, "int4-recovery"));
                assertThat(measure(innocent, "other")
                                .metrics()
                                .get("quantize/int8-forget-exact")
                                .value())
                        .isLessThan(0.5);
            }
        }
    }

    @Test
    void everyMetricHasItsRows() {
        SuiteResult result = measure(RecordedModel.sound(), "work");
        Map<String, Coverage> coverage = suite.coverage(new SuiteInputs(FORGET, RETAIN, Map.of()));
        assertThat(coverage.keySet())
                .isEqualTo(suite.metrics())
                .isEqualTo(result.metrics().keySet());
        result.metrics().forEach((name, it) -> assertThat(it.n())
                .isEqualTo(coverage.get(name).measured()));
        RecordedModel model = RecordedModel.sound();
        assertThat(measure(model, "work")).isEqualTo(result);
        assertThat(model.asked).isEmpty();
    }

    private SuiteResult measure(EvaluatedModel model, String work) {
        SuiteSettings settings = new SuiteSettings(Suites.options(suite.descriptor(), Map.of("batchSize", 2)));
        return suite.measure(
                model,
                new SuiteInputs(FORGET, RETAIN, Map.of()),
                settings,
                folder.resolve(work),
                (done, total) -> assertThat(done).isLessThanOrEqualTo(total));
    }

    private static double value(SuiteResult result, String metric) {
        return result.metrics().get("quantize/" + metric).value();
    }

    private static Rows rows(String name, String... texts) {
        List<Row> rows = java.util.stream.IntStream.range(0, texts.length / 2)
                .mapToObj(i -> new Row(name + i, texts[2 * i], texts[2 * i + 1], null))
                .toList();
        return new Rows(name, rows, "sha256:" + name);
    }
}
