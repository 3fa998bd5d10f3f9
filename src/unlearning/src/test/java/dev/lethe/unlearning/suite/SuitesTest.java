package dev.lethe.unlearning.suite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.within;

import dev.lethe.catalog.Catalog;
import dev.lethe.merge.InvalidInput;
import dev.lethe.unlearning.data.Row;
import dev.lethe.unlearning.data.Rows;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What holds for every suite, and the numbers of the short ones: rows are those of {@link Semeval2025Test#rows}. */
class SuitesTest {
    private static final Offset<Double> ROUNDING = within(1e-6);

    private final Map<String, Path> files = new HashMap<>();

    @TempDir
    private Path folder;

    @BeforeEach
    void write() throws IOException, URISyntaxException {
        file(
                "nonMembers",
                """
                {"id": 1, "document": "one two three four five six seven eight nine ten"}
                {"input": "a b", "output": "c d e f g h"}
                """);
        file(
                "choices",
                """
                {"question": "is it red or blue", "choices": ["green", "blue"], "answer": 1}
                {"question": "is it red", "choices": ["red", "blue as the sky"], "answer": "B"}
                {"question": "one", "choices": ["two", "three", "one"], "answer": "C"}
                """);
        file("benign", "{\"id\": 1, \"input\": \"stir the tea\", \"output\": \"well\"}");
        files.put("mmlu", Path.of(SuitesTest.class.getResource("/mmlu").toURI()));
        files.put("reference", Files.createDirectory(folder.resolve("reference")));
    }

    static List<Suite> all() {
        return Suites.LETHE.all();
    }

    @Test
    void everyDescriptorHasAClassAndEveryClassADescriptor() {
        assertThat(all().stream().map(Suite::descriptor).toList())
                .isEqualTo(
                        Catalog.SUITES.all().stream().filter(it -> !it.custom()).toList());
    }

    @ParameterizedTest
    @MethodSource("all")
    void everyMetricIsMeasuredOrHasAReasonAndCoverageTellsWhich(Suite suite) {
        for (Map<String, Path> given : List.of(Map.<String, Path>of(), files)) {
            SuiteInputs inputs = inputs(given);
            SuiteResult result = measure(
                    suite, inputs, RecordedModel.sound(), suite.descriptor().name() + given.size());
            List<String> told = new ArrayList<>(result.metrics().keySet());
            told.addAll(result.notMeasured().keySet());
            assertThat(told).containsExactlyInAnyOrderElementsOf(suite.metrics());
            suite.coverage(inputs).forEach((metric, of) -> {
                Measurement measured = result.metrics().get(metric);
                long n = measured == null ? 0 : measured.n();
                // Which of a row's tokens only it tells depends on the tokenizer, which a coverage does not
                // ask.
                assertThat(of.measured()).as(metric).isGreaterThanOrEqualTo(n);
                assertThat(of.measured() == n || suite instanceof Relearn || metric.contains("-novel"))
                        .as(metric)
                        .isTrue();
            });
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void interruptedWorkGoesOnAndFindsTheSame(Suite suite) {
        RecordedModel whole = RecordedModel.sound();
        SuiteResult expected = measure(suite, inputs(files), whole, "whole");
        int questions = whole.asked.size();
        for (int until : new int[] {0, questions / 3, questions / 2, questions - 1}) {
            RecordedModel broken = new RecordedModel("sha256:0", until);
            String work = "torn-" + until;
            assertThatIllegalStateException().isThrownBy(() -> measure(suite, inputs(files), broken, work));
            RecordedModel sound = RecordedModel.sound();
            assertThat(measure(suite, inputs(files), sound, work)).isEqualTo(expected);
            assertThat(sound.asked).hasSizeLessThanOrEqualTo(questions);
        }
        assertThatExceptionOfType(InvalidInput.class)
                .isThrownBy(() -> measure(suite, inputs(files), new RecordedModel("sha256:1", 99), "whole"))
                .withMessageContaining("found sha256:0, expected sha256:1, or an empty folder");
    }

    /** Of "one x two y z" after "one two" the model would say two words of five, of "yes no" after "yes no" both. */
    @Test
    void memorizationIsOfTheTokensOfAnswers() {
        SuiteResult result = measure(new Memorization(), inputs(Map.of()), RecordedModel.sound(), "work");
        for (String set : List.of("forget", "retain")) {
            assertThat(value(result, "memorization/" + set + "-exact")).isCloseTo(0.7, ROUNDING);
            assertThat(value(result, "memorization/" + set + "-extraction")).isCloseTo(0.6, ROUNDING);
            assertThat(value(result, "memorization/" + set + "-probability"))
                    .isCloseTo((Math.pow(2, -1.6) + 0.5) / 2, ROUNDING);
        }
        assertThat(result.metrics().get("memorization/forget-exact-worst")).isEqualTo(new Measurement(1, 6, 6, 1, 1));
    }

    /** Of what only the rows tell the model says two words of five and all, of the documents nothing, and half. */
    @Test
    void whatOnlyForgetRowsTellIsComparedWithDocumentsThatWereNeverSeen() throws IOException {
        String excess = "memorization/forget-novel-excess";
        Rows others = new Rows("retain", List.of(new Row("1", "w", "v", null)), "sha256:other");
        SuiteInputs alone = new SuiteInputs(Semeval2025Test.rows("forget"), others, Map.of());
        SuiteResult without = measure(new Memorization(), alone, RecordedModel.sound(), "alone");
        assertThat(without.notMeasured()).containsOnly(Map.entry(excess, "no file of non-members was named"));
        double novel = value(without, "memorization/forget-novel");
        assertThat(novel).isCloseTo(0.7, ROUNDING);

        file("nonMembers", "{\"input\": \"a\", \"output\": \"b c d\"}");
        SuiteInputs beside = new SuiteInputs(alone.forget(), others, Map.of("nonMembers", files.get("nonMembers")));
        assertThat(value(measure(new Memorization(), beside, RecordedModel.sound(), "unknown"), excess))
                .isCloseTo(novel, ROUNDING);
        file("nonMembers", "{\"input\": \"a b\", \"output\": \"a b c d\"}");
        assertThat(value(measure(new Memorization(), beside, RecordedModel.sound(), "half known"), excess))
                .isCloseTo(0.25, ROUNDING);
    }

    /** The members repeat their words, the others do not; a text's least likely word is a new one in either. */
    @Test
    void membersAreAllForgetRows() {
        SuiteResult result = measure(new MembershipAttacks(), inputs(files), RecordedModel.sound(), "work");
        assertThat(result.metrics().get("mia/loss-auc")).isEqualTo(new Measurement(1, 8, 8, 1, 1));
        assertThat(value(result, "mia/min-k-auc")).isEqualTo(0.5);
        assertThat(value(result, "mia/min-k-plus-plus-auc")).isEqualTo(0.5);
        assertThat(value(result, "mia/reference-auc")).isEqualTo(1);
        files.remove("reference");
        assertThat(measure(new MembershipAttacks(), inputs(files), RecordedModel.sound(), "alone")
                        .notMeasured())
                .containsOnly(Map.entry("mia/reference-auc", "no reference model was named"));
        assertThat(new MembershipAttacks()
                        .coverage(inputs(Map.of()))
                        .get("mia/zlib-auc")
                        .sentence())
                .isEqualTo("no file of non-members was named");
    }

    @Test
    void utilityIsOfRetainRowsOrOfThoseThatAreHeldOut() throws IOException {
        SuiteResult result = measure(new Utility(), inputs(files), RecordedModel.sound(), "work");
        assertThat(value(result, "utility/perplexity")).isCloseTo(Math.pow(2, 1.3), ROUNDING);
        assertThat(value(result, "utility/probability")).isCloseTo((Math.pow(2, -1.6) + 0.5) / 2, ROUNDING);
        assertThat(value(result, "utility/rouge-l")).isCloseTo(0.7, ROUNDING);
        assertThat(value(result, "utility/choice-accuracy")).isCloseTo(2.0 / 3, ROUNDING);

        file("heldOut", "[{\"id\": 1, \"input\": \"北京 a\", \"output\": \"北京\"}]");
        SuiteResult others = measure(new Utility(), inputs(files), RecordedModel.sound(), "held-out");
        assertThat(value(others, "utility/perplexity")).isCloseTo(2, ROUNDING);
        assertThat(value(others, "utility/rouge-l-unicode")).isEqualTo(1);
        assertThat(others.notMeasured())
                .containsEntry(
                        "utility/rouge-l",
                        "0 of 1 rows are measurable: 1 have no output that ROUGE counts: it knows a to z and 0 to 9;"
                                + " utility/rouge-l-unicode counts the letters of every script");
    }

    /** What was trained on says nothing of what was held out, whatever its id. */
    @Test
    void heldOutRowsThatWereTrainedOnAreRefused() throws IOException {
        Row trained = inputs(files).retain().rows().getFirst();
        file(
                "heldOut",
                "[{\"id\": 1, \"input\": \"%s\", \"output\": \"%s\"}]".formatted(trained.input(), trained.output()));
        assertThatExceptionOfType(InvalidInput.class)
                .isThrownBy(() -> new Utility().coverage(inputs(files)))
                .withMessageContaining("rows that are also in")
                .withMessageContaining("expected rows that were held out");
    }

    @Test
    void aQuestionThatIsNoneIsRefusedWithoutItsText() throws IOException {
        refuses("{\"question\": \"secret\"}", "fields: found question, expected question, choices, answer (missing:");
        refuses(
                "{\"question\": \"secret\", \"choices\": [\"secret\"], \"answer\": 0}",
                "choices: found something else, expected a list of at least two texts");
        for (String answer : List.of("2", "-1", "\"C\"", "\"secret\"", "0.5", "null")) {
            refuses(
                    "{\"question\": \"secret\", \"choices\": [\"a\", \"b\"], \"answer\": %s}".formatted(answer),
                    "answer: found something else, expected an index from 0 to 1, or a letter from A to B");
        }
    }

    /** The model repeats its prompt; of three forget prompts one is empty and one a loop. */
    @Test
    void collapseShowsInFluency() {
        Rows forget = new Rows(
                "forget",
                List.of(
                        new Row("1", "Yes.", "a", null),
                        new Row("2", "", "b", null),
                        new Row("3", "6 6 6 6", "c", null)),
                "sha256:forget");
        SuiteInputs inputs = new SuiteInputs(forget, Semeval2025Test.rows("retain"), Map.of());
        SuiteResult result = measure(new Fluency(), inputs, RecordedModel.sound(), "work");
        assertThat(value(result, "fluency/forget-degenerate")).isCloseTo(2.0 / 3, ROUNDING);
        assertThat(value(result, "fluency/forget-repetition")).isCloseTo(1.0 / 3, ROUNDING);
        assertThat(value(result, "fluency/forget-distinct-2")).isCloseTo((1 + 1 + 1.0 / 3) / 3, ROUNDING);
        assertThat(result.metrics().get("fluency/forget-entropy")).isEqualTo(new Measurement(1, 2, 3, 1, 1));
        assertThat(result.metrics().get("fluency/retain-degenerate")).isEqualTo(new Measurement(0, 6, 6, 0, 0));
        assertThat(value(result, "fluency/retain-entropy")).isEqualTo(1);
    }

    private void refuses(String question, String message) throws IOException {
        file("choices", question);
        assertThatExceptionOfType(InvalidInput.class)
                .isThrownBy(() -> new Utility().coverage(inputs(files)))
                .withMessageContaining("choices.jsonl line 1: " + message)
                .withMessageNotContaining("secret");
    }

    private void file(String input, String text) throws IOException {
        files.put(input, Files.writeString(folder.resolve(input + ".jsonl"), text));
    }

    private static SuiteInputs inputs(Map<String, Path> files) {
        return new SuiteInputs(Semeval2025Test.rows("forget"), Semeval2025Test.rows("retain"), files);
    }

    private SuiteResult measure(Suite suite, SuiteInputs inputs, EvaluatedModel model, String name) {
        SuiteSettings settings = new SuiteSettings(Suites.options(suite.descriptor(), Map.of("batchSize", 2)));
        return suite.measure(model, inputs, settings, folder.resolve(name), (done, total) -> assertThat(done)
                .isLessThanOrEqualTo(total));
    }

    private static double value(SuiteResult result, String metric) {
        return result.metrics().get(metric).value();
    }
}
