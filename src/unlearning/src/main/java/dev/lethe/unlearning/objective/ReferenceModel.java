package dev.lethe.unlearning.objective;

import dev.lethe.unlearning.data.EncodedRow;
import dev.lethe.unlearning.data.LossMask;
import dev.lethe.unlearning.data.RowBatch;
import dev.lethe.unlearning.model.Dropout;
import dev.lethe.unlearning.model.LanguageModel;
import dev.lethe.unlearning.model.PassLimits;
import dev.lethe.unlearning.tensor.NoGrad;
import dev.lethe.unlearning.tensor.Scope;
import dev.lethe.unlearning.tensor.Tensor;
import java.util.EnumMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * The model as it was before training: without its adapter, or the frozen original in full training. It never changes, so
 * what it says of a row's answer can be computed once. For one thread.
 */
public final class ReferenceModel {
    /** How many numbers are kept at most: 64 MiB. */
    private static final int MOST = 1 << 24;

    private final LanguageModel model;
    private final Map<LossMask, Map<EncodedRow, float[]>> known =
            new EnumMap<>(Map.of(LossMask.ANSWER, new IdentityHashMap<>(), LossMask.ALL, new IdentityHashMap<>()));
    private final boolean remembers;
    private int kept;

    /**
     * @param remembers whether what it says of an answer is kept; if not, rows are computed side by side, as the published code
     *     computes them, which rounds otherwise
     */
    public ReferenceModel(LanguageModel model, boolean remembers) {
        this.model = model;
        this.remembers = remembers;
    }

    /** Its states of a batch, without a gradient. */
    HiddenStates states(RowBatch batch, PassLimits limits) {
        try (NoGrad _ = new NoGrad()) {
            Tensor hidden = model.hidden(batch.tokens(), Dropout.NONE, limits);
            return new HiddenStates(model, hidden.view(batch.positions(), -1));
        }
    }

    /**
     * log p of the counted tokens, f32 [n], in the order of {@link RowBatch#targets}. A row that is kept is computed by itself,
     * so that its numbers do not depend on the rows that it first came with: a run that continues has the same ones.
     */
    Tensor logProbs(RowBatch batch, LossMask tokens, PassLimits limits) {
        if (!remembers) {
            return states(batch, limits).logProbs(batch.targets(tokens));
        }
        List<float[]> rows = batch.rows().stream()
                .map(row -> logProbs(row, batch.padId(), tokens))
                .toList();
        float[] all = new float[rows.stream().mapToInt(row -> row.length).sum()];
        int filled = 0;
        for (float[] row : rows) {
            System.arraycopy(row, 0, all, filled, row.length);
            filled += row.length;
        }
        return Tensor.on(model.base().device(), all, all.length);
    }

    private float[] logProbs(EncodedRow row, int padId, LossMask tokens) {
        Map<EncodedRow, float[]> answers = known.get(tokens);
        float[] before = answers.get(row);
        if (before != null) {
            return before;
        }
        float[] computed = computed(new RowBatch(List.of(row), row.length(), padId, 0), tokens);
        if (kept + computed.length <= MOST) {
            answers.put(row, computed);
            kept += computed.length;
        }
        return computed;
    }

    private float[] computed(RowBatch row, LossMask tokens) {
        try (Scope _ = new Scope();
                NoGrad _ = new NoGrad()) {
            return states(row, PassLimits.NONE).logProbs(row.targets(tokens)).toFloats();
        }
    }
}
