package dev.lethe.unlearning.suite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.within;

import dev.lethe.merge.InvalidInput;
import dev.lethe.unlearning.data.Prompting;
import dev.lethe.unlearning.data.Row;
import dev.lethe.unlearning.data.Rows;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class Semeval2025Test {

    private static final SuiteSettings SETTINGS = settings(256, 4);

    private final Semeval2025 suite = new Semeval2025();
    private final Rows forget = rows("forget");
    private final Rows retain = rows("retain");
    private final List<String> progress = new ArrayList<>();

    @TempDir
    private Path folder;

    private Path nonMembers;

    static SuiteSettings settings(int maxNewTokens, int batchSize) {
        var given = Map.of("maxNewTokens", maxNewTokens, "batchSize", batchSize);
        return new SuiteSettings(Suites.options(new Semeval2025().descriptor(), given));
    }

    @Test
    void aSuiteIsAClassAndADescriptor() {
        Suite toy = Suites.LETHE.with(new AnswerLength()).named("answer-length");
        SuiteResult result = toy.measure(
                RecordedModel.sound(),
                new SuiteInputs(forget, retain, Map.of()),
                SETTINGS,
                folder.resolve("toy"),
                (done, total) -> {});
        assertThat(result.metrics().get("answer-length/characters").value())
                .isEqualTo(forget.rows().stream()
                        .mapToInt(row -> row.input().length())
                        .average()
                        .orElseThrow());
        assertThat(toy.metrics()).isEqualTo(result.metrics().keySet());
    }

    @BeforeEach
    void writeNonMembers() throws IOException {
        nonMembers = Files.writeString(
                folder.resolve("nonmember.jsonl"),
                """
                {"id": 1, "document": "one two three four five six seven eight nine ten", "added": "2024"}
                {"input": "a b", "output": "c d e f g h"}
                """);
    }

    @Test
    void measuresWhatItsDataAllows() {
        SuiteResult result = measure(RecordedModel.sound(), "work");
        // Every question is repeated in capitals: two of the five words of an output, and each "yes" known.
        assertThat(result.metrics().get("semeval2025/forget-regurgitation").value())
                .isCloseTo(0.4, within(1e-12));
        assertThat(result.metrics().get("semeval2025/forget-knowledge")).isEqualTo(new Measurement(1, 3, 3, 1, 1));
        assertThat(result.metrics().get("semeval2025/task-aggregate").value()).isZero();
        assertThat(result.metrics().get("semeval2025/retain-perplexity").value())
                .isCloseTo(Math.exp((Math.log(5) + Math.log(2)) / 2), within(1e-12));
        // The member "one two …" has 7 words; the others 10 and 8.
        assertThat(result.metrics().get("semeval2025/mia-auc")).isEqualTo(new Measurement(1, 3, 3, 1, 1));
        assertThat(result.metrics().get("semeval2025/mia-score").value()).isZero();
        assertThat(result.notMeasured())
                .containsEntry("semeval2025/mmlu", "no MMLU folder was named")
                .containsEntry("semeval2025/final-score", "needs semeval2025/mmlu: no MMLU folder was named")
                .hasSize(2);
        assertThat(progress).first().isEqualTo("4/21");
        assertThat(progress).last().isEqualTo("21/21");
    }

    @Test
    void interruptedWorkGoesOnAndFindsTheSame() throws IOException {
        SuiteResult expected = measure(RecordedModel.sound(), "whole");
        RecordedModel broken = new RecordedModel("sha256:0", 9);
        assertThatIllegalStateException().isThrownBy(() -> measure(broken, "torn"));
        Path journal = folder.resolve("torn/generations.jsonl");
        assertThat(Files.readAllLines(journal)).hasSize(8);
        String text = Files.readString(journal);
        Files.writeString(
                journal, text.substring(0, text.length() - 5)); // the last of eight is torn: its batch is asked again

        RecordedModel sound = RecordedModel.sound();
        assertThat(measure(sound, "torn")).isEqualTo(expected);
        assertThat(sound.asked).hasSize(21 - 4);
        assertThat(Files.readAllLines(journal)).hasSize(12);
        assertThat(Files.readString(folder.resolve("torn/scores.jsonl")))
                .isEqualTo(Files.readString(folder.resolve("whole/scores.jsonl")));

        RecordedModel idle = RecordedModel.sound();
        assertThat(measure(idle, "torn")).isEqualTo(expected);
        assertThat(idle.asked).isEmpty();
    }

    @Test
    void workOnAnotherSystemIsNotResumed() {
        measure(RecordedModel.sound(), "work");
        assertThatExceptionOfType(InvalidInput.class)
                .isThrownBy(() -> measure(new RecordedModel("sha256:1", Integer.MAX_VALUE), "work"))
                .withMessage(
                        "%s: subject: found sha256:0, expected sha256:1, or an empty folder", folder.resolve("work"));
    }

    @Test
    void anUnreadableJournalIsRefusedWithoutItsText() throws IOException {
        measure(RecordedModel.sound(), "work");
        Path journal = folder.resolve("work/generations.jsonl");
        Files.writeString(journal, "{\"secret\n" + Files.readString(journal));
        assertThatExceptionOfType(InvalidInput.class)
                .isThrownBy(() -> measure(RecordedModel.sound(), "work"))
                .withMessageContaining("generations.jsonl line 1")
                .withMessageNotContaining("secret");
    }

    @Test
    void emptyCellsAndOtherTasksMakeNoAggregate() {
        List<Row> few = forget.rows().stream()
                .filter(row -> !"Task2".equals(row.task()))
                .toList();
        assertThat(score(few, retain).notMeasured())
                .containsEntry(
                        "semeval2025/task-aggregate",
                        "needs twelve cells, and there is no measurable row for semeval2025/forget-regurgitation/Task2,"
                                + " semeval2025/forget-knowledge/Task2");
        List<Row> more = new ArrayList<>(forget.rows());
        more.add(new Row("xsc1", "a", "b", "secret"));
        SuiteResult result = score(more, retain);
        assertThat(result.metrics().get("semeval2025/forget-regurgitation").n()).isEqualTo(4);
        assertThat(result.notMeasured().get("semeval2025/task-aggregate"))
                .isEqualTo("needs twelve cells, and 1 rows are of other tasks than [Task1, Task2, Task3]");
    }

    /** A text that is recited word for word, in scripts of which ROUGE counts nothing. */
    @Test
    void whatRougeCannotReadIsNotMeasured() {
        List<Row> rows = new ArrayList<>(List.of(
                new Row("1sc1", "q", "北京的冬天很冷", "Task1"),
                new Row("2sc1", "q", "Зимой холодно", "Task2"),
                new Row("3sc1", "q", "2008年8月8日的北京奥运会", "Task3")));
        SuiteResult none = recite(rows);
        assertThat(none.notMeasured())
                .containsEntry(
                        "semeval2025/forget-regurgitation",
                        "0 of 3 rows are measurable: 3 have no output that ROUGE counts: it knows a to z and 0 to 9;"
                                + " semeval2025/forget-regurgitation-unicode counts the letters of every script")
                .containsKeys("semeval2025/forget-regurgitation/Task1", "semeval2025/task-aggregate");
        assertThat(none.metrics().get("semeval2025/forget-regurgitation-unicode"))
                .isEqualTo(new Measurement(1, 3, 3, 1, 1));
        rows.add(new Row("4sc1", "q", "It is cold.", "Task1"));
        assertThat(recite(rows).metrics().get("semeval2025/forget-regurgitation"))
                .isEqualTo(new Measurement(1, 1, 4, 1, 1));
    }

    @Test
    void rowsThatNothingCanMeasureAreCounted() {
        List<Row> rows = new ArrayList<>(forget.rows());
        rows.add(new Row("f1", "q", "yes", null));
        rows.add(new Row("4qa0", "q", " \u00a0", null));
        rows.add(new Row("4sc1", "q", "…", null));
        SuiteResult result = recite(rows);
        assertThat(result.metrics())
                .containsEntry("semeval2025/forget-knowledge", new Measurement(1, 3, 5, 1, 1))
                .containsEntry("semeval2025/forget-regurgitation", new Measurement(1, 3, 5, 1, 1))
                .containsEntry("semeval2025/forget-regurgitation-unicode", new Measurement(1, 3, 5, 1, 1))
                .containsEntry("semeval2025/forget-knowledge/Task1", new Measurement(1, 1, 1, 1, 1));
        assertThat(result.metrics().get("semeval2025/task-aggregate"))
                .matches(aggregate -> aggregate.n() == 12 && aggregate.total() == 15);
        SuiteResult kindless = recite(List.of(new Row("f1", "q", "yes", "Task1")));
        assertThat(kindless.notMeasured().get("semeval2025/forget-knowledge"))
                .isEqualTo("0 of 1 rows are measurable: 1 have no kind; an id ends in sc or qa and one more character,"
                        + " or the row has a field kind: sc or qa");
    }

    /** What is told before any model is there is what a measurement counts. */
    @Test
    void coverageIsWhatIsMeasured() throws IOException {
        List<Row> mixed = new ArrayList<>(forget.rows());
        mixed.add(new Row("f1", "q", "yes", "Task1"));
        mixed.add(new Row("4sc1", "q", "北京", "Task2"));
        for (Rows rows : List.of(forget, new Rows("mixed", mixed, "sha256:mixed"))) {
            for (Path others : Arrays.asList(null, nonMembers)) {
                SuiteInputs inputs =
                        new SuiteInputs(rows, retain, others == null ? Map.of() : Map.of("nonMembers", others));
                SuiteResult result = suite.measure(
                        RecordedModel.sound(),
                        inputs,
                        SETTINGS,
                        Files.createTempDirectory(folder, "work"),
                        (done, total) -> {});
                Map<String, Coverage> coverage = suite.coverage(inputs);
                assertThat(coverage.keySet()).isEqualTo(suite.metrics());
                coverage.forEach((metric, of) -> {
                    Measurement measured = result.metrics().get(metric);
                    assertThat(of.measured()).as(metric).isEqualTo(measured == null ? 0 : measured.n());
                    if (measured != null) {
                        assertThat(of.total()).as(metric).isEqualTo(measured.total());
                    }
                });
            }
        }
    }

    @Test
    void fewDocumentsAreSaidToBeFew() {
        SuiteInputs inputs =
                new SuiteInputs(forget, retain, nonMembers == null ? Map.of() : Map.of("nonMembers", nonMembers));
        assertThat(suite.coverage(inputs).get("semeval2025/mia-auc").sentence())
                .isEqualTo("1 members and 2 non-members are few: an AUC of 0.5 has a standard error of 0.41");
    }

    @Test
    void rowsOfNoTaskCountInTheirSplitOnly() {
        List<Row> more = new ArrayList<>(forget.rows());
        more.add(new Row("xqa0", "no", "yes", null));
        SuiteResult result = score(more, retain);
        assertThat(result.metrics().get("semeval2025/forget-knowledge").value()).isEqualTo(0.75);
        assertThat(result.metrics()).containsKey("semeval2025/task-aggregate");
    }

    @Test
    void scoringNeedsOneGenerationForEachRow() {
        SequencedMap<String, String> generations = echo(forget, retain);
        generations.remove("forget2sc1");
        generations.remove("forget3sc1");
        assertThatExceptionOfType(InvalidInput.class)
                .isThrownBy(() -> Semeval2025.score(forget, retain, generations))
                .withMessage(
                        "forget row 3: id: found no generation for it and 1 other rows, expected a generation for each row");
        SequencedMap<String, String> more = echo(forget, retain);
        more.put("other", "");
        assertThatExceptionOfType(InvalidInput.class)
                .isThrownBy(() -> Semeval2025.score(forget, retain, more))
                .withMessage("generation 13: id: found that of no row, as of 0 other generations,"
                        + " expected an id of the forget or retain rows");
        assertThatExceptionOfType(InvalidInput.class)
                .isThrownBy(() -> score(forget.rows(), forget))
                .withMessage("rows row 1: id: found the id of row 1 of forget, expected an id of its own");
    }

    @Test
    void aDocumentWithoutALikelihoodLeavesTheAttackUnmeasured() throws IOException {
        Files.writeString(nonMembers, "{\"document\": \"one\"}\n");
        assertThat(measure(RecordedModel.sound(), "work").notMeasured())
                .containsEntry("semeval2025/mia-auc", "1 of 2 documents have no finite likelihood")
                .containsEntry("semeval2025/mia-score", "1 of 2 documents have no finite likelihood");
        Files.writeString(nonMembers, "{\"document\": 7}\n");
        assertThatExceptionOfType(InvalidInput.class)
                .isThrownBy(() -> MembershipDocuments.read(nonMembers, Prompting.NONE))
                .withMessageContaining("nonmember.jsonl line 1: document: found none that can be read");
    }

    /** Golden text: transformers, {@code clean_up_tokenization}. */
    @Test
    void generationsLoseBlanksBeforePunctuation() {
        assertThat(TokenizationCleanup.of("It 's no use , is n't it ? a ' b we 're . 'd"))
                .isEqualTo("It's no use, isn't it? a'b we're. 'd");
    }

    @Test
    void unknownSuitesAreAnsweredWithTheNearest() {
        assertThat(Suites.LETHE.named("semeval2025")).isInstanceOf(Semeval2025.class);
        assertThatExceptionOfType(InvalidInput.class)
                .isThrownBy(() -> Suites.LETHE.named("semeval2052"))
                .withMessageStartingWith("suite: name: found semeval2052, expected one of ")
                .withMessageEndingWith("; did you mean semeval2025?");
    }

    private SuiteResult measure(EvaluatedModel model, String name) {
        SuiteInputs inputs =
                new SuiteInputs(forget, retain, nonMembers == null ? Map.of() : Map.of("nonMembers", nonMembers));
        return suite.measure(
                model, inputs, SETTINGS, folder.resolve(name), (done, total) -> progress.add(done + "/" + total));
    }

    private static SuiteResult score(List<Row> forget, Rows retain) {
        Rows rows = new Rows("rows", forget, "sha256:rows");
        return Semeval2025.score(rows, retain, echo(rows, retain));
    }

    /** The scores of a system that gives every forget row's output. */
    private SuiteResult recite(List<Row> rows) {
        Rows recited = new Rows("rows", rows, "sha256:rows");
        SequencedMap<String, String> generations = echo(recited, retain);
        rows.forEach(row -> generations.put(row.id(), row.output()));
        return Semeval2025.score(recited, retain, generations);
    }

    private static SequencedMap<String, String> echo(Rows forget, Rows retain) {
        SequencedMap<String, String> generations = new LinkedHashMap<>();
        forget.rows().forEach(row -> generations.put(row.id(), row.input()));
        retain.rows().forEach(row -> generations.put(row.id(), row.input()));
        return generations;
    }

    /** One document of each subtask. */
    static Rows rows(String split) {
        List<Row> rows = new ArrayList<>();
        for (int task = 1; task <= 3; task++) {
            rows.add(new Row(split + task + "sc1", "one two", "one x two y z", "Task" + task));
            rows.add(new Row(split + task + "qa0", "yes no", "Yes no ", "Task" + task));
        }
        return new Rows(split, rows, "sha256:" + split);
    }
}
