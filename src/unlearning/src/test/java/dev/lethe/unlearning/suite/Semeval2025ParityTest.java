package dev.lethe.unlearning.suite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lethe.unlearning.data.Row;
import dev.lethe.unlearning.data.Rows;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/** The official evaluator's numbers for 200 rows, and for rows that its CSV file decides; see {@code parity/semeval}. */
class Semeval2025ParityTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Offset<Double> LAST_DIGITS = within(1e-12);

    private final Rows forget = Rows.read(parity("forget.jsonl"));
    private final Rows retain = Rows.read(parity("retain.jsonl"));

    @Test
    void everyMeanAndTheAggregate() throws IOException {
        SuiteResult result = Semeval2025.score(forget, retain, generations());
        JsonNode expected = json("expected.json");
        for (String split : List.of("forget", "retain")) {
            for (String kind : List.of("regurgitation", "knowledge")) {
                String metric = "semeval2025/" + split + "-" + kind;
                JsonNode means = expected.get(split);
                assertThat(value(result, metric)).isCloseTo(means.get(kind).doubleValue(), LAST_DIGITS);
                means.get("tasks").properties().forEach(task -> assertThat(value(result, metric + "/" + task.getKey()))
                        .isCloseTo(task.getValue().get(kind).doubleValue(), LAST_DIGITS));
            }
        }
        assertThat(value(result, "semeval2025/task-aggregate"))
                .isCloseTo(expected.get("taskAggregate").doubleValue(), LAST_DIGITS);
        assertThat(result.metrics()).hasSize(17 + 8); // and the eight of Unicode, which the evaluator does not have
        assertThat(result.metrics().get("semeval2025/forget-knowledge/Task2").n())
                .isEqualTo(25);
        assertThat(result.metrics().values())
                .allSatisfy(metric -> assertThat(metric.value()).isBetween(metric.low(), metric.high()));
    }

    @Test
    void everyRow() throws IOException {
        for (String split : List.of("forget", "retain")) {
            List<RowScore> scores = official((split.equals("forget") ? forget : retain).rows(), generations());
            JsonNode rows = json("expected.json").get(split).get("rows");
            assertThat(scores).hasSameSizeAs(rows);
            for (int i = 0; i < rows.size(); i++) {
                requireEqual(scores.get(i), rows.get(i));
            }
        }
    }

    @Test
    void rowsThatTheCsvFileDecides() throws IOException {
        List<Row> rows = new ArrayList<>();
        Map<String, String> generations = new HashMap<>();
        List<JsonNode> scored = new ArrayList<>();
        for (JsonNode edge : json("edge.json")) {
            String id = edge.get("id").textValue();
            rows.add(new Row(
                    id, "", edge.get("output").textValue(), edge.get("task").textValue()));
            generations.put(id, edge.get("generation").textValue());
            if (!edge.get("rougeLRecall").isNull() || !edge.get("exact").isNull()) {
                scored.add(edge);
            }
        }
        List<RowScore> scores = official(rows, generations);
        assertThat(scores).hasSameSizeAs(scored).hasSizeLessThan(rows.size());
        for (int i = 0; i < scored.size(); i++) {
            requireEqual(scores.get(i), scored.get(i));
        }
    }

    @Test
    void columnsAsPandasReadsThem() throws IOException {
        JsonNode csv = json("csv.json");
        csv.get("columns").properties().forEach(column -> assertThat(
                        PandasColumn.asRead(texts(column.getValue().get("given"))))
                .as(column.getKey())
                .isEqualTo(texts(column.getValue().get("scoredAs"))));
        assertThat(csv.get("missing"))
                .allSatisfy(text -> assertThat(PandasColumn.asRead(List.of(text.textValue(), "x")))
                        .containsExactly("nan", "x"));
        assertThat(csv.get("kept")).allSatisfy(text -> assertThat(PandasColumn.asRead(List.of(text.textValue(), "x")))
                .containsExactly(text.textValue(), "x"));
    }

    /** Golden texts: pandas 3.1, {@code str(x) for x in read_csv(…)}. */
    @Test
    void numbersAsPythonWritesThem() {
        assertThat(PandasColumn.asRead(
                        List.of("123456789012345678.5", "1e16", "0.00001", "-1e-5", "0.0001", "1e15", "-0.0", ".5")))
                .containsExactly(
                        "1.2345678901234568e+17",
                        "1e+16",
                        "1e-05",
                        "-1e-05",
                        "0.0001",
                        "1000000000000000.0",
                        "-0.0",
                        "0.5");
        assertThat(PandasColumn.asRead(List.of("1e400", "2", ""))).containsExactly("inf", "2.0", "nan");
    }

    /** The scores that the evaluator has. */
    private static List<RowScore> official(List<Row> rows, Map<String, String> generations) {
        return RowScore.of(rows, row -> generations.get(row.id())).stream()
                .filter(score -> score.measure().official() && !score.kindless())
                .toList();
    }

    private static void requireEqual(RowScore score, JsonNode expected) {
        assertThat(score.id()).isEqualTo(expected.get("id").textValue());
        JsonNode value = expected.get(score.measure() == RowMeasure.KNOWLEDGE ? "exact" : "rougeLRecall");
        // The evaluator has a number for every row, also for one whose letters ROUGE hardly counts; here it is in no
        // mean.
        double found = score.value() != null
                ? score.value()
                : score.measure()
                        .score(
                                expected.get("csvOutput").textValue(),
                                expected.get("csvGeneration").textValue());
        assertThat(found).as(score.id()).isCloseTo(value.doubleValue(), LAST_DIGITS);
    }

    private static double value(SuiteResult result, String metric) {
        return result.metrics().get(metric).value();
    }

    private static SequencedMap<String, String> generations() throws IOException {
        SequencedMap<String, String> generations = new LinkedHashMap<>();
        for (String line : Files.readAllLines(parity("generations.jsonl"))) {
            JsonNode row = JSON.readTree(line);
            generations.put(row.get("id").textValue(), row.get("generation").textValue());
        }
        return generations;
    }

    private static List<String> texts(JsonNode array) {
        return array.valueStream().map(JsonNode::textValue).toList();
    }

    private static JsonNode json(String name) throws IOException {
        return JSON.readTree(parity(name).toFile());
    }

    private static Path parity(String name) {
        try {
            return Path.of(Semeval2025ParityTest.class
                    .getResource("/parity/semeval/" + name)
                    .toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
