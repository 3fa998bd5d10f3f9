package dev.lethe.unlearning.suite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.lethe.merge.InvalidInput;
import dev.lethe.unlearning.Fixtures;
import dev.lethe.unlearning.data.Prompting;
import dev.lethe.unlearning.data.Row;
import dev.lethe.unlearning.data.Rows;
import dev.lethe.unlearning.tokenizer.TextTokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever a suite asks beside the rows of a job is put to the model as these rows are. */
class TemplatedInputsTest {
    private static final Rows OTHERS = new Rows("others", List.of(new Row("o", "say", "more", null)), "sha256:others");

    @TempDir
    private Path folder;

    static Stream<Arguments> formsAndModes() {
        return Stream.of(
                        "{\"question\": \"Who waits?\", \"answer\": \"the ferryman\"}",
                        "{\"id\": \"1qa0\", \"input\": \"Who waits?\", \"output\": \"the ferryman\"}",
                        "{\"input\": \"At the river\", \"output\": \"waits the ferryman.\", \"kind\": \"sc\"}",
                        "{\"messages\": [{\"role\": \"system\", \"content\": \"be brief\"}, {\"role\": \"user\", \"content\":"
                                + " \"Who?\"}, {\"role\": \"assistant\", \"content\": \"the ferryman\"}]}",
                        "{\"text\": \"The ferryman waits at the river.\"}")
                .flatMap(row -> Stream.of(Prompting.Mode.values()).map(mode -> Arguments.of(row, mode)));
    }

    @ParameterizedTest
    @MethodSource("formsAndModes")
    void aNonMemberThatEqualsAMemberScoresTheSame(String row, Prompting.Mode mode) throws IOException {
        Path file = Files.writeString(folder.resolve("rows.jsonl"), row);
        Prompting prompting = prompting(mode);
        SuiteInputs inputs =
                new SuiteInputs(prompting.of(Rows.read(file)), OTHERS, Map.of("nonMembers", file), prompting);
        MembershipInference attack = MembershipInference.ofAllRows(inputs);
        assertThat(attack.nonMembers())
                .extracting(MembershipInference.Document::text)
                .containsExactly(attack.members().getFirst().text());
        assertThat(attack.coverage().sentence()).doesNotContain("template");
    }

    @Test
    void anAttackThatMayTellTheTemplateSaysSo() throws IOException {
        Path file = Files.writeString(folder.resolve("rows.jsonl"), "{\"text\": \"The ferryman waits.\"}");
        Prompting prompting = prompting(Prompting.Mode.CHAT);
        SuiteInputs inputs = new SuiteInputs(prompting.of(OTHERS), OTHERS, Map.of("nonMembers", file), prompting);
        assertThat(MembershipInference.ofAllRows(inputs).coverage().sentence())
                .endsWith("; members have template chat and non-members none: it may be the template that is told");
    }

    @ParameterizedTest
    @EnumSource(Prompting.Mode.class)
    void heldOutAndBenignRowsAreAskedAsTheRowsOfTheJobAre(Prompting.Mode mode) throws IOException {
        Path file = Files.writeString(
                folder.resolve("rows.jsonl"),
                """
                {"id": "1qa0", "input": "Who waits?", "output": "the ferryman"}
                {"id": "1sc1", "input": "At the river", "output": "waits the ferryman."}
                """);
        Prompting prompting = prompting(mode);
        Rows rows = prompting.of(Rows.read(file));
        SuiteInputs given = new SuiteInputs(OTHERS, OTHERS, Map.of("heldOut", file, "benign", file), prompting);
        assertThat(asked(new Utility(), given))
                .isEqualTo(asked(new Utility(), new SuiteInputs(OTHERS, rows, Map.of())));
        assertThat(asked(new Refusal(), given))
                .containsAll(rows.rows().stream().map(Row::input).toList());
    }

    /** A template does not hide a row that was trained on. */
    @Test
    void heldOutRowsThatWereTrainedOnAreRefusedInATemplateToo() throws IOException {
        Path file = Files.writeString(
                folder.resolve("rows.jsonl"), "{\"input\": \"Who waits?\", \"output\": \"the ferryman\"}");
        Prompting prompting = prompting(Prompting.Mode.AUTO);
        Rows trained = new Rows("forget", List.of(new Row("1qa0", "Who waits?", "the ferryman", null)), "sha256:f");
        SuiteInputs inputs = new SuiteInputs(prompting.of(trained), OTHERS, Map.of("heldOut", file), prompting);
        assertThatExceptionOfType(InvalidInput.class)
                .isThrownBy(() -> new Utility().coverage(inputs))
                .withMessageContaining("1 rows that are also in forget");
    }

    /** Other words stand inside the template, and in the last message of a chat. */
    @Test
    void rephrasedQuestionsAreAskedInTheTemplate() throws IOException {
        Path file = Files.writeString(
                folder.resolve("rows.jsonl"),
                """
                {"messages": [{"role": "system", "content": "be brief"}, {"role": "user", "content": "Who waits?"},\
                 {"role": "assistant", "content": "the ferryman"}]}
                """);
        Prompting prompting = prompting(Prompting.Mode.AUTO);
        SuiteInputs inputs = new SuiteInputs(prompting.of(Rows.read(file)), OTHERS, Map.of(), prompting);
        assertThat(asked(new Leakage(), inputs))
                .contains("<system>be brief<user>In short: Who waits?<assistant>")
                .contains("<system>be brief<user>WHO WAITS?<assistant>")
                .allMatch(it -> it.startsWith("<system>be brief<user>") && it.endsWith("<assistant>"));
    }

    private List<String> asked(Suite suite, SuiteInputs inputs) throws IOException {
        RecordedModel model = RecordedModel.sound();
        suite.measure(
                model,
                inputs,
                new SuiteSettings(Suites.options(suite.descriptor(), Map.of())),
                Files.createTempDirectory(folder, "work"),
                (done, total) -> {});
        return model.asked;
    }

    private Prompting prompting(Prompting.Mode mode) throws IOException {
        Files.writeString(
                folder.resolve("chat_template.jinja"),
                "{% for m in messages %}<{{ m.role }}>{{ m.content }}{% endfor %}<assistant>");
        try (TextTokenizer tokenizer = TextTokenizer.load(Fixtures.path("tokenizer"))) {
            return Prompting.of(mode, folder, tokenizer);
        }
    }
}
