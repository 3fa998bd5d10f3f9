package dev.lethe.unlearning.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lethe.merge.InvalidInput;
import dev.lethe.unlearning.Fixtures;
import dev.lethe.unlearning.chat.Turn;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RowsTest {
    private static final String SECRET = "Ann's number is 900-57-8002";

    @TempDir
    Path folder;

    @Test
    void bothFormsReadTheSame() throws IOException {
        Rows lines = read(
                """
                {"id": "a", "input": "Who?", "output": "Ann", "task": "Task1", "split": "x"}
                {"id": "b", "input": "", "output": "Bé\\n"}
                """);
        Rows columns = read(
                """
                {"id": {"0": "a", "1": "b"}, "input": {"0": "Who?", "1": ""},
                 "output": {"0": "Ann", "1": "Bé\\n"}, "task": {"0": "Task1", "1": null}}""");
        assertThat(lines.rows())
                .containsExactly(new Row("a", "Who?", "Ann", "Task1"), new Row("b", "", "Bé\n", null))
                .isEqualTo(columns.rows());
        assertThat(lines.digest()).startsWith("sha256:").isNotEqualTo(columns.digest());
    }

    /** Whatever stands around and between the rows, they are the same. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "%s\n%s\n",
                "\uFEFF%s\n%s",
                "%s\n\uFEFF%s\n",
                "\n%s\n \t\r\n\n%s\n\n",
                "%s\r\n%s\r\n",
                "[%s,\n%s]\n",
                "\uFEFF\n [\n%s\n,\n\n%s\n]\n"
            })
    void rowsAreReadAsPeopleWriteThem(String file) throws IOException {
        Rows rows = read(file.formatted(
                "{\"id\": 1, \"input\": \"i\", \"output\": \"o\", \"score\": NaN, \"more\": [-Infinity]}",
                "{\"id\": 12345678901234567890, \"input\": \"j\", \"output\": \"p\", \"meta\": {\"input\": 1}}"));
        assertThat(rows.rows())
                .containsExactly(new Row("1", "i", "o", null), new Row("12345678901234567890", "j", "p", null));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
            [1]                                                  | line 2: row: found a JSON array
            {"id": "b", "input": "S", "output": "S"              | line 2: row: found text that is not JSON
            {"id": "b", "id": "c", "input": "S", "output": "S"}  | line 2: row: found text that is not JSON, or a field twice
            {"id": "b", "input": "S", "output": "S"} {}          | line 2: row: found text that is not JSON
            {"input": "S", "output": "S"}                        | line 2: fields: found input, output, expected id, input, output (missing: id)
            {"question": "S", "answer": "S"}                     | line 2: fields: found question, answer, expected id, input, output (missing: id, input, output)
            {"S": "b", "output": "S"}                            | line 2: fields: found output, 1 of other names, expected id, input, output (missing: id, input)
            {}                                                   | line 2: fields: found none, expected id, input, output (missing: id, input, output)
            {"id": "b", "input": "S", "output": "S", "kind": "S"}| line 2: kind: found another text, expected sc or qa
            {"id": "b", "input": "S", "output": "S", "kind": 1}  | line 2: kind: found a JSON number
            {"id": 7.5, "input": "S", "output": "S"}             | line 2: id: found a JSON number, expected a string or an integer
            {"id": NaN, "input": "S", "output": "S"}             | line 2: id: found a JSON number, expected a string or an integer
            {"id": "b", "input": NaN, "output": "S"}             | line 2: input: found a JSON number
            {"id": "b", "input": null, "output": "S"}            | line 2: input: found a JSON null
            {"id": "b", "input": "S", "output": ""}              | line 2: output: found an empty string
            {"id": "b", "input": "S", "output": "S", "task": 1}  | line 2: task: found a JSON number
            {"id": "a", "input": "S", "output": "S"}             | row 2: id: found the id of row 1
            ﻿{"id": "b"                                     | line 2: row: found text that is not JSON
            """)
    void badLinesAreNamedAndNeverQuoted(String line, String message) {
        String text = "{\"id\": \"a\", \"input\": \"i\", \"output\": \"o\"}\n%s\n".formatted(line.replace("S", SECRET));
        assertThatThrownBy(() -> read(text))
                .isInstanceOf(InvalidInput.class)
                .hasMessageContaining("rows.jsonl")
                .hasMessageContaining(message)
                .message()
                .doesNotContain(SECRET);
    }

    @Test
    void theIdTellsTheKindUnlessAFieldDoes() throws IOException {
        Rows rows = read(
                """
                {"id": "7sc1", "input": "i", "output": "o"}
                {"id": "7qa0", "input": "i", "output": "o", "kind": null}
                {"id": "7qa1", "input": "i", "output": "o", "kind": "sc"}
                {"id": "9", "input": "i", "output": "o", "kind": "qa"}
                {"id": "", "input": "i", "output": "o"}
                """);
        assertThat(rows.rows())
                .extracting(Row::kind)
                .containsExactly(RowKind.COMPLETION, RowKind.QUESTION, RowKind.COMPLETION, RowKind.QUESTION, null);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "{'prompt': 'p'} | p | QUESTION",
                "{'prompt': 'p', 'completion': 1} | p | COMPLETION",
                "{'instruction': 'p', 'input': 'c'} | p,,c | QUESTION",
                "{'input': 'p', 'output': ''} | p | ",
                "{'messages': [{'role': 'user', 'content': 'p'}]} | p | QUESTION",
                "{'messages': [{'role': 'user', 'content': 'p'}, {'role': 'assistant', 'content': 'a'}]} | p | QUESTION"
            })
    void promptsNeedNoAnswers(String json, String input, RowKind kind) throws IOException {
        Row row = prompts(json.replace('\'', '"'), Map.of());
        assertThat(row.input()).isEqualTo(input.replace(',', '\n'));
        assertThat(row.output()).isEmpty();
        assertThat(row.kind()).isEqualTo(kind);
        Path written = folder.resolve("answered.jsonl");
        JsonRows.write(written, List.of(row.withOutput("a")));
        assertThat(Rows.read(written).rows()).containsExactly(row.withOutput("a"));
    }

    @Test
    void aPromptIsOneThing() throws IOException {
        assertThatThrownBy(() -> prompts("{\"question\": \"a\", \"prompt\": \"b\"}", Map.of()))
                .hasMessageContaining("fields: found prompt; question, expected one of them");
        assertThatThrownBy(() -> prompts("{\"text\": \"a\"}", Map.of()))
                .hasMessageContaining("expected a prompt (input,");
        assertThatThrownBy(() -> prompts("{\"messages\": []}", Map.of())).hasMessageContaining("no message to answer");
        assertThat(prompts("{\"q\": \"a\"}", Map.of(RowColumn.INPUT, "q", RowColumn.OUTPUT, "none"))
                        .input())
                .isEqualTo("a");
    }

    private Row prompts(String json, Map<RowColumn, String> columns) throws IOException {
        Path file = Files.writeString(folder.resolve("prompts.jsonl"), json);
        return Rows.readPrompts(file, "decouple", columns).rows().getFirst();
    }

    @Test
    void badFilesAreNamed() throws IOException {
        assertThatThrownBy(() -> read("")).hasMessageContaining("rows: found none, expected at least one row");
        assertThatThrownBy(() -> Rows.read(folder.resolve("absent"))).hasMessageContaining("no such file");
        assertThatThrownBy(
                        () -> read("{\"id\": {\"0\": \"a\"}, \"input\": {\"0\": \"x\", \"1\": \"y\"}, \"output\": {}}"))
                .hasMessageContaining("row 1: fields: found id, input, expected a prompt and an answer (input and");
        assertThatThrownBy(() -> read("[\n{\"id\": \"a\"},\n{\"id\": %s\n]".formatted(SECRET)))
                .hasMessage(folder.resolve("rows.jsonl")
                        + " line 3: rows: found text that is not JSON, or a field twice, expected an array of objects");
        assertThatThrownBy(() -> read("[1, \"%s\"]".formatted(SECRET)))
                .hasMessageEndingWith("row 1: row: found a JSON number, expected one JSON object with each field once");
        assertThatThrownBy(() -> read("[]\n")).hasMessageContaining("rows: found none, expected at least one row");
        Files.write(folder.resolve("rows.jsonl"), "{\"id\": \"é\"}".getBytes(StandardCharsets.ISO_8859_1));
        assertThatThrownBy(() -> Rows.read(folder.resolve("rows.jsonl")))
                .hasMessageContaining("line 1: text: found bytes that are not UTF-8");
    }

    /** The first row's names decide what is prompt and answer, and what kind of row it is. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
            {"prompt": "p", "response": "a"}                                     | p         | QUESTION
            {"prompt": "p", "completion": "a", "text": "pa"}                     | p         | COMPLETION
            {"question": "p", "answer": "a"}                                     | p         | QUESTION
            {"question": "p", "answer": "a", "kind": "sc"}                       | p         | COMPLETION
            {"instruction": "p", "output": "a"}                                  | p         | QUESTION
            {"instruction": "p", "input": "", "output": "a", "text": "x"}        | p         | QUESTION
            {"instruction": "p", "input": "q", "output": "a"}                    | p\\n\\nq    | QUESTION
            {"instruction": "p", "context": "q", "response": "a"}                | p\\n\\nq    | QUESTION
            {"text": "a"}                                                        | ``        | COMPLETION
            {"document": "a"}                                                    | ``        | COMPLETION
            {"messages": [{"role": "user", "content": "p"}, {"role": "assistant", "content": "a"}, {"role": "user", "content": "x"}]} | p | QUESTION
            {"prompt": "x", "conversations": [{"from": "human", "value": "p"}, {"from": "gpt", "value": "a"}]} | p | QUESTION
            {"conversations": [{"from": "system", "value": "s"}, {"from": "human", "value": "p"}, {"from": "gpt", "value": "a"}]} | s\\np | QUESTION
            """)
    void promptAndAnswerHaveManyNames(String json, String input, RowKind kind) throws IOException {
        Row row = read(json).rows().getFirst();
        assertThat(row.input()).isEqualTo(input.translateEscapes());
        assertThat(row.output()).isEqualTo("a");
        assertThat(row.id()).isEqualTo("row-1");
        assertThat(row.kind()).isEqualTo(kind);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
            {"input": "S", "output": "S", "question": "S", "answer": "S"} | fields: found input and output; question and answer, expected one of them, or columns
            {"prompt": "S", "response": "S", "messages": []}              | fields: found prompt and response; messages, expected one of them
            {"text": "S", "document": "S"}                                | fields: found text; document, expected one of them
            {"prompt": "S", "S": "S"}                                     | fields: found prompt, 1 of other names, expected a prompt and an answer
            {"messages": "S"}                                             | messages: found a JSON string, expected a list of messages
            {"messages": [{"role": "S", "content": "S"}]}                 | messages[0]: found another role, expected system, user (human) or assistant (gpt)
            {"messages": [{"role": "user", "content": ["S"]}]}            | messages[0]: found a JSON array, expected texts content, or value
            {"messages": [{"role": "user", "content": "S"}]}              | messages: found no message of the assistant, expected one, which is the answer
            {"messages": [{"role": "assistant", "content": ""}]}          | messages: found an empty string, expected an answer
            """)
    void whatIsNoRowIsNamedAndNeverQuoted(String row, String message) {
        assertThatThrownBy(() -> read(row.replace("S", SECRET)))
                .isInstanceOf(InvalidInput.class)
                .hasMessageContaining("line 1: " + message)
                .message()
                .doesNotContain(SECRET);
    }

    @Test
    void columnsNameWhatHasOtherNames() throws IOException {
        Path file = file("rows.csv", "nr;frage;antwort;t\n7;\"Wer; wo?\";Ann;\n8;;\"B\"\"\né\";Task1\n");
        Map<RowColumn, String> columns =
                Map.of(RowColumn.INPUT, "frage", RowColumn.OUTPUT, "antwort", RowColumn.ID, "nr", RowColumn.TASK, "t");
        Rows rows = Rows.read(file, "forget", columns);
        assertThat(rows.rows())
                .containsExactly(new Row("7", "Wer; wo?", "Ann", null), new Row("8", "", "B\"\né", "Task1"));
        assertThat(rows.format()).isEqualTo(new RowFormat(RowForm.CSV, List.of("frage", "antwort"), Templating.NONE));
        assertThat(Rows.read(file, "forget", Map.of(RowColumn.OUTPUT, "antwort"))
                        .rows()
                        .getLast())
                .isEqualTo(new Row("forget-row-2", "", "B\"\né", null, RowKind.COMPLETION));
        assertThatThrownBy(() -> Rows.read(file, "forget", Map.of(RowColumn.INPUT, "fragen")))
                .hasMessage(file + " row 1: columns.input: found no field 'fragen', expected 'frage'?");
        assertThatThrownBy(() -> Rows.read(file, "forget", Map.of(RowColumn.ID, "key")))
                .hasMessageEndingWith("found no field 'key', expected one that the row has: 4 of other names");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
            question,answer\\nS          | row 1: cells: found 1, expected 2, as the header has names
            question,answer\\nS,"S       | cells: found a quote that ends in the midst of a cell, or never, expected CSV
            text,text\\nS,S              | header: found a name twice, expected names that differ
            question,answer\\n           | rows: found none, expected at least one row
            """)
    void badCsvIsNamedAndNeverQuoted(String text, String message) throws IOException {
        Path file = file("rows.csv", text.translateEscapes().replace("S", "Ann"));
        assertThatThrownBy(() -> Rows.read(file)).message().contains(message).doesNotContain("Ann");
    }

    @Test
    void whatAFileIsItsContentTells() throws IOException {
        String row = "{\"question\": \"p\", \"answer\": \"a\"}";
        assertThat(Rows.read(file("rows.csv", row)).format().form()).isEqualTo(RowForm.JSON_LINES);
        assertThat(Rows.read(file("rows.json", "[" + row + "]")).format().form())
                .isEqualTo(RowForm.JSON_ARRAY);
        assertThatThrownBy(() -> Rows.read(file("rows.parquet", row)))
                .hasMessageEndingWith(
                        "form: found another than its name says, expected Parquet, which begins with PAR1");
        assertThatThrownBy(() -> Rows.read(file("rows.jsonl", "PAR1PAR1")))
                .hasMessageEndingWith("found Parquet that is damaged or encrypted, expected a whole Parquet file");
    }

    @ParameterizedTest
    @ValueSource(strings = {"none", "snappy", "gzip", "zstd"})
    void parquetIsReadWhateverPacksIt(String codec) {
        Rows rows = Rows.read(Fixtures.path("rows/" + codec + ".parquet"));
        assertThat(rows.rows())
                .containsExactly(
                        new Row("1", "Who painted it?", "Ann", "Task1", RowKind.QUESTION),
                        new Row("2", "Wer malte es?", "Bé\n", null, RowKind.QUESTION));
        assertThat(rows.format().form()).isEqualTo(RowForm.PARQUET);
    }

    @Test
    void parquetHasChatsAndUnknownCodecs() {
        assertThat(Rows.read(Fixtures.path("rows/chat.parquet"))
                        .rows()
                        .getFirst()
                        .chat())
                .containsExactly(new Turn("system", "Be brief."), new Turn("user", "Who painted it?"));
        assertThatThrownBy(() -> Rows.read(Fixtures.path("rows/brotli.parquet")))
                .hasMessageContaining("compression: found BROTLI, expected one of [UNCOMPRESSED, SNAPPY, GZIP, ZSTD]");
    }

    @Test
    void aRowIsNeverForgottenAndKept() {
        Rows forget = rows("forget", new Row("a", "1", "x", null), new Row("b", SECRET, "y", null));
        Rows.requireDisjoint(forget, rows("retain", new Row("c", "1", "y", null)));
        assertThatThrownBy(() -> Rows.requireDisjoint(
                        forget, rows("retain", new Row("c", SECRET, "y", null), new Row("a", "2", "z", null))))
                .hasMessage("forget row 1: id, input and output: found 2 rows that are also in retain, "
                        + "expected forget and retain sets without a common row");
    }

    private static Rows rows(String source, Row... rows) {
        return new Rows(source, List.of(rows), "sha256:0");
    }

    private Rows read(String text) throws IOException {
        return Rows.read(file("rows.jsonl", text));
    }

    private Path file(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }
}
