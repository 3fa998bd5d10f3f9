package dev.lethe.unlearning.suite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.lethe.unlearning.Fixtures;
import dev.lethe.unlearning.data.EncodedRow;
import dev.lethe.unlearning.data.NovelTokens;
import dev.lethe.unlearning.data.Row;
import dev.lethe.unlearning.data.Rows;
import dev.lethe.unlearning.metric.TokenScores;
import dev.lethe.unlearning.model.BaseModel;
import dev.lethe.unlearning.model.LanguageModel;
import dev.lethe.unlearning.tensor.Device;
import dev.lethe.unlearning.tensor.Dtype;
import dev.lethe.unlearning.tokenizer.TextTokenizer;
import dev.lethe.unlearning.training.Relearning;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RelearnTest {
    private static final List<String> RIVERS = List.of("Styx", "Lethe", "Acheron", "Cocytus", "Phlegethon", "Tiber");
    private static final Rows ROWS = new Rows(
            "rows",
            IntStream.range(0, 6)
                    .mapToObj(i -> new Row("row" + i, RIVERS.get(i) + " ", RIVERS.get(5 - i), null))
                    .toList(),
            "sha256:rows");

    private static final Rows RETAIN =
            new Rows("retain", List.of(new Row("kept", "Po ", "Rhine", null)), "sha256:kept");

    private final Relearn suite = new Relearn();

    @TempDir
    private Path folder;

    @Test
    void whatIsOnlyHiddenComesBackAndWhatWasNeverKnownDoesNot() {
        try (BaseModel base = BaseModel.load(Fixtures.path("olmo-tiny"), Dtype.F32, Device.CPU);
                TextTokenizer tokenizer = TextTokenizer.load(Fixtures.path("olmo-tiny"))) {
            EvaluatedModel innocent = new EvaluatedLanguageModel("innocent", new LanguageModel(base), tokenizer);
            // An attack with a negative rate climbs: the cheapest way to hide what the first one taught.
            try (DerivedModel knows = trained(innocent, 150, 1e-2);
                    DerivedModel hides = trained(knows.model(), 20, -1e-3)) {
                assertThat(exact(knows.model())).isEqualTo(1);
                assertThat(exact(hides.model())).isLessThan(0.5);
                SuiteResult hidden = measure(hides.model(), ROWS, "hidden");
                assertThat(value(hidden, "recovery")).isGreaterThan(0.2);
                assertThat(value(hidden, "attack-exact")).isGreaterThan(0.9);
                SuiteResult never = measure(innocent, ROWS, "never");
                assertThat(value(never, "recovery")).isCloseTo(0, within(0.1));
                assertThat(value(never, "attack-exact")).isGreaterThan(0.7);
                assertThat(measure(hides.model(), ROWS, "again")).isEqualTo(hidden);
            }
        }
    }

    @Test
    void rowsOfADocumentStayTogetherAndMetricsHaveTheirCoverage() {
        Rows rows = rows("1sc1", "1qa0", "2sc1", "2qa0", "3qa0", "3qa1");
        RecordedModel model = RecordedModel.sound();
        SuiteResult result = measure(model, rows, "work", 4);
        Map<String, Coverage> coverage = suite.coverage(new SuiteInputs(rows, RETAIN, Map.of()));
        assertThat(result.metrics().keySet()).isEqualTo(suite.metrics()).isEqualTo(coverage.keySet());
        result.metrics().forEach((name, it) -> assertThat(it.n())
                .isEqualTo(coverage.get(name).measured()));
        assertThat(value(result, "recovery")).isZero();
        SuiteResult once = measure(model, rows, "once");
        assertThat(once.metrics().get("relearn/attack-exact").n()).isEqualTo(4);
        assertThat(once.metrics().get("relearn/recovery").n()).isEqualTo(2);
    }

    @Test
    void ofFewRowsSeveralChoicesAreAttackedAndEachRowCountsOnce() throws IOException {
        SuiteResult result = measure(RecordedModel.sound(), ROWS, "several", 9);
        assertThat(result.metrics().get("relearn/recovery").n()).isEqualTo(6);
        assertThat(result.metrics().get("relearn/attack-exact").n()).isEqualTo(6);
        // Three rows of six are scored by each, so that six attacks score 18.
        assertThat(folder.resolve("several/after-6.jsonl")).exists();
        assertThat(folder.resolve("several/after-7.jsonl")).doesNotExist();
    }

    @Test
    void workThatIsDoneIsNotDoneAgain() throws IOException {
        SuiteResult expected = measure(RecordedModel.sound(), ROWS, "work");
        RecordedModel model = RecordedModel.sound();
        assertThat(measure(model, ROWS, "work")).isEqualTo(expected);
        assertThat(model.asked).isEmpty();
        Path journal = folder.resolve("work/after.jsonl");
        String text = Files.readString(journal);
        Files.writeString(journal, text.substring(0, text.length() - 5));
        assertThat(measure(model, ROWS, "work")).isEqualTo(expected);
        assertThat(model.asked).hasSize(6);
    }

    @Test
    void ofOneDocumentRowsThatTellAnotherOnesAnswerAreNotTrainedOn() {
        Rows rows = new Rows(
                "rows",
                IntStream.range(0, 4)
                        .mapToObj(i -> new Row(
                                "1qa" + i,
                                "All: one two three four.",
                                List.of("one", "two", "three", "four").get(i),
                                null))
                        .toList(),
                "sha256:one");
        assertThat(measure(RecordedModel.sound(), rows, "tells").notMeasured())
                .hasSize(4)
                .containsValue("every row to train on has the output of one to score in its text");
        assertThat(measure(RecordedModel.sound(), rows("1qa0"), "single").notMeasured())
                .hasSize(4)
                .containsValue("one row is trained on, and none is left to score");
        assertThat(suite.coverage(new SuiteInputs(rows, RETAIN, Map.of())).values())
                .allMatch(it -> it.measured() == 0 && it.total() == 4);
    }

    @Test
    void whatOthersOfItsFormSayIsNotRelearned() {
        EncodedRow row = new EncodedRow(new int[] {1, 2, 3, 4, 9}, 2);
        TokenScores scores = new TokenScores(
                new float[] {-1, -2, -3}, new boolean[] {true, true, false}, new float[3], new float[3]);
        NovelTokens novel = NovelTokens.beside(List.of(new EncodedRow(new int[] {1, 2, 3, 4, 5}, 2)));
        assertThat(novel.of(row, scores).logProbs()).containsExactly(-3);
        assertThat(NovelTokens.beside(List.of()).of(row, scores).size()).isEqualTo(3);
    }

    private static DerivedModel trained(EvaluatedModel model, int steps, double rate) {
        return model.relearned(new Relearning(steps, 8, rate, 1), ROWS.rows(), () -> {});
    }

    private static double exact(EvaluatedModel model) {
        return model.answerScores(ROWS.rows()).stream()
                .mapToDouble(it -> it.exactMemorization())
                .average()
                .orElseThrow();
    }

    private SuiteResult measure(EvaluatedModel model, Rows forget, String work) {
        return measure(model, forget, work, 1);
    }

    private SuiteResult measure(EvaluatedModel model, Rows forget, String work, int attacks) {
        SuiteSettings settings = new SuiteSettings(
                Suites.options(suite.descriptor(), Map.of("steps", 20, "learningRate", 3e-3, "attacks", attacks)));
        return suite.measure(
                model, new SuiteInputs(forget, RETAIN, Map.of()), settings, folder.resolve(work), (done, total) -> {});
    }

    private static double value(SuiteResult result, String metric) {
        return result.metrics().get("relearn/" + metric).value();
    }

    private static Rows rows(String... ids) {
        return new Rows(
                "rows",
                java.util.Arrays.stream(ids)
                        .map(id -> new Row(id, "Who is " + id + "?", "It is " + id, null))
                        .toList(),
                "sha256:few");
    }
}
