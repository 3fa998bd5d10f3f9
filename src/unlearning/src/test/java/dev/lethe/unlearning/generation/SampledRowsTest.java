package dev.lethe.unlearning.generation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lethe.unlearning.Fixtures;
import dev.lethe.unlearning.data.Row;
import dev.lethe.unlearning.model.BaseModel;
import dev.lethe.unlearning.tensor.Device;
import dev.lethe.unlearning.tensor.Dtype;
import dev.lethe.unlearning.tokenizer.TextTokenizer;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class SampledRowsTest {
    @Test
    void whatRecitesARowToForgetIsLeftOut() {
        Path folder = Fixtures.path("olmo-tiny");
        try (BaseModel base = BaseModel.load(folder, Dtype.F32, Device.CPU);
                TextTokenizer tokenizer = TextTokenizer.load(folder)) {
            List<Row> rows = SampledRows.of(base, tokenizer, List.of(), 42);
            assertThat(rows).hasSize(SampledRows.ROWS).isEqualTo(SampledRows.of(base, tokenizer, List.of(), 42));
            Row secret = rows.get(3);
            assertThat(secret.output().split("\\W+")).hasSizeGreaterThan(5);
            assertThat(SampledRows.of(base, tokenizer, List.of(secret), 42))
                    .hasSize(SampledRows.ROWS)
                    .extracting(Row::output)
                    .contains(rows.get(2).output(), rows.get(4).output())
                    .doesNotContain(secret.output());
        }
    }
}
