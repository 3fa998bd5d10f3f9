package dev.lethe.unlearning.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.lethe.unlearning.Fixtures;
import dev.lethe.unlearning.model.TokenBatch;
import dev.lethe.unlearning.tensor.Scope;
import dev.lethe.unlearning.tensor.Tensor;
import dev.lethe.unlearning.tokenizer.TextTokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RowEncodingTest {
    private static final int LENGTH = 64;

    @Test
    void rowsBecomeThePeersTensors() throws IOException {
        try (Scope _ = new Scope();
                TextTokenizer tokenizer = TextTokenizer.load(Fixtures.path("tokenizer"))) {
            Map<String, Tensor> expected = Fixtures.tensors("training/batches.safetensors");
            for (String split : List.of("forget", "retain")) {
                List<EncodedRow> rows = new RowEncoding(tokenizer, LENGTH).encode(fixture(split));
                for (int i = 0; i < 12; i++) {
                    EncodedRow row = rows.get(i % rows.size());
                    RowBatch batch = new RowBatch(List.of(row), LENGTH, tokenizer.padId(), 1);
                    TokenBatch tokens = batch.tokens();
                    assertThat(tokens.row(0)).isEqualTo(row(expected, split + ".input_ids", i));
                    assertThat((long) LENGTH - tokens.padding(0))
                            .isEqualTo(Arrays.stream(row(expected, split + ".attention_mask", i))
                                    .sum());
                    assertThat(labels(batch)).isEqualTo(row(expected, split + ".labels", i));
                }
            }
        }
    }

    @Test
    void aRowWithNothingToPredictIsRefused() {
        try (TextTokenizer tokenizer = TextTokenizer.load(Fixtures.path("tokenizer"))) {
            assertThatThrownBy(() -> new RowEncoding(tokenizer, 1)).hasMessageContaining("maxLength");
            RowBatch all = new RowBatch(
                    new RowEncoding(tokenizer, 8).encode(new Rows("s", List.of(new Row("a", "x", "y", null)), "")),
                    8,
                    tokenizer.padId(),
                    0);
            assertThat(all.targets(LossMask.ALL).count()).isEqualTo(all.tokenCount() - 1);
        }
    }

    /** The labels that the targets stand for. */
    private static long[] labels(RowBatch batch) {
        long[] labels = new long[batch.positions()];
        Arrays.fill(labels, -100);
        RowBatch.Targets targets = batch.targets(LossMask.ANSWER);
        for (int i = 0; i < targets.count(); i++) {
            labels[(int) targets.positions()[i] + 1] = targets.tokens()[i];
        }
        return labels;
    }

    private static long[] row(Map<String, Tensor> batches, String name, int i) {
        return batches.get(name).select(0, i / 2).select(0, i % 2).toLongs();
    }

    private static Rows fixture(String split) throws IOException {
        List<Row> rows = new ArrayList<>();
        for (String line : Files.readAllLines(Fixtures.path("training/rows.jsonl"))) {
            JsonNode row = JsonMapper.builder().build().readTree(line);
            if (row.path("split").asText().equals(split)) {
                rows.add(new Row(
                        row.path("id").asText(),
                        row.path("input").asText(),
                        row.path("output").asText(),
                        null));
            }
        }
        return new Rows(split, rows, "sha256:0");
    }
}
