package dev.lethe.unlearning.objective;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lethe.unlearning.Fixtures;
import dev.lethe.unlearning.data.EncodedRow;
import dev.lethe.unlearning.data.LossMask;
import dev.lethe.unlearning.data.RowBatch;
import dev.lethe.unlearning.model.BaseModel;
import dev.lethe.unlearning.model.LanguageModel;
import dev.lethe.unlearning.model.PassLimits;
import dev.lethe.unlearning.tensor.Device;
import dev.lethe.unlearning.tensor.Dtype;
import dev.lethe.unlearning.tensor.Scope;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReferenceModelTest {
    private static final EncodedRow SHORT = new EncodedRow(new int[] {5, 17, 40, 0}, 2);
    private static final EncodedRow LONG = new EncodedRow(new int[] {9, 8, 7, 6, 5, 44, 33, 0}, 4);

    /** To the bit, whatever the rows come with and whichever was asked for before. */
    @Test
    void aRowHasTheSameNumbersInEveryBatch() {
        try (Scope _ = new Scope();
                BaseModel base = BaseModel.load(Fixtures.path("llama-tiny"), Dtype.F32, Device.CPU)) {
            ReferenceModel reference = new ReferenceModel(new LanguageModel(base), true);
            float[] together = reference
                    .logProbs(batch(LONG, SHORT), LossMask.ANSWER, PassLimits.NONE)
                    .toFloats();
            assertThat(together).hasSize(6).startsWith(alone(base, LONG)).endsWith(alone(base, SHORT));
            assertThat(reference
                            .logProbs(batch(SHORT, LONG), LossMask.ANSWER, PassLimits.NONE)
                            .toFloats())
                    .startsWith(alone(base, SHORT))
                    .endsWith(alone(base, LONG));
        }
    }

    private static float[] alone(BaseModel base, EncodedRow row) {
        RowBatch batch = batch(row);
        return new ReferenceModel(new LanguageModel(base), true)
                .states(batch, PassLimits.NONE)
                .logProbs(batch.targets(LossMask.ANSWER))
                .toFloats();
    }

    private static RowBatch batch(EncodedRow... rows) {
        return new RowBatch(List.of(rows), 16, 1, 1).trimmed();
    }
}
