package dev.lethe.unlearning.suite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.lethe.merge.InvalidInput;
import dev.lethe.unlearning.data.Row;
import dev.lethe.unlearning.data.Rows;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MmluTest {

    private static final Rows ROWS = new Rows("rows", List.of(new Row("1sc1", "a", "b", "Task1")), "sha256:rows");

    @TempDir
    private Path folder;

    @Test
    void everyQuestionWeighsTheSame() throws URISyntaxException {
        RecordedModel model = RecordedModel.sound();
        SuiteResult result = new Mmlu()
                .measure(
                        model,
                        new SuiteInputs(ROWS, ROWS, Map.of("mmlu", data())),
                        Semeval2025Test.settings(256, 16),
                        folder,
                        (done, total) -> assertThat(total).isEqualTo(4));
        assertThat(result.metrics().get("mmlu/accuracy").value()).isEqualTo(0.5);
        assertThat(result.metrics().get("mmlu/accuracy").n()).isEqualTo(4);
        // The system has 70 positions: examples are dropped from the end until the prompt fits.
        assertThat(model.asked).hasSize(4).allSatisfy(prompt -> assertThat(model.tokenCount(prompt))
                .isBetween(50, 70));
    }

    @Test
    void aSystemWithoutNumbersIsNotMeasured() throws URISyntaxException {
        SuiteResult result = new Mmlu()
                .measure(
                        RecordedModel.withoutNumbers(),
                        new SuiteInputs(ROWS, ROWS, Map.of("mmlu", data())),
                        Semeval2025Test.settings(256, 16),
                        folder,
                        (done, total) -> {});
        assertThat(result.notMeasured()).isEqualTo(Map.of("mmlu/accuracy", "4 of 4 questions have no finite logits"));
    }

    @Test
    void promptsAreThoseOfOpenInstruct() throws URISyntaxException {
        MmluSubject rivers = MmluSubject.readAll(data(), 5).getFirst();
        assertThat(rivers.prompt(5, 1))
                .isEqualTo(
                        """
                        The following are multiple choice questions (with answers) about  river lore.

                        Which of these rivers makes those who drink from it forget?
                        A. Acheron
                        B. Lethe
                        C. Styx
                        D. Phlegethon
                        Answer: B

                        How many rivers does the tale name?
                        A. 5
                        B. 07
                        C. 3
                        D. 1.50
                        Answer: A

                        Who ferries the dead?
                        A. Charon
                        B. Hades, the king
                        C. nan
                        D. Hermes
                        Answer: A

                        What is "obol"?
                        A. a boat
                        B. a dog
                        C. a coin
                        D. a gate
                        Answer: C

                        Where does Cocytus lead?
                        A. up
                        B. away
                        C. down
                        D. nan
                        Answer: C

                        Which river do gods swear by?
                        A. Styx
                        B. Lethe
                        C. Acheron
                        D. Cocytus
                        Answer:""");
        assertThat(rivers.prompt(0, 0))
                .startsWith("The following are multiple")
                .contains("\n\nWhich river burns?\nA. Styx");
    }

    @Test
    void aFolderOfAnotherFormIsRefused() throws IOException {
        Files.createDirectories(folder.resolve("test"));
        refuses("test: files: found none, expected SUBJECT_test.csv");
        Files.writeString(folder.resolve("test/sums_test.csv"), "q,1,2,3,4,E\n");
        refuses("sums_dev.csv: cannot be read");
        Files.createDirectories(folder.resolve("dev"));
        Files.writeString(folder.resolve("dev/sums_dev.csv"), "q,1,2,3,4,A\n");
        refuses("sums_dev.csv: lines: found 1, expected at least 5");
        Files.writeString(folder.resolve("dev/sums_dev.csv"), "q,1,2,3,4,A\n".repeat(5));
        refuses("sums_test.csv line 1: answer: found another text, expected A, B, C or D");
        Files.writeString(folder.resolve("test/sums_test.csv"), "q,1,2,3,4,A\nq,1,2,A\n");
        refuses("sums_test.csv line 2: columns: found 4, expected question, four options, letter");
    }

    private void refuses(String message) {
        assertThatExceptionOfType(InvalidInput.class)
                .isThrownBy(() -> MmluSubject.readAll(folder, 5))
                .withMessageContaining(message);
    }

    private static Path data() throws URISyntaxException {
        return Path.of(MmluTest.class.getResource("/mmlu").toURI());
    }
}
