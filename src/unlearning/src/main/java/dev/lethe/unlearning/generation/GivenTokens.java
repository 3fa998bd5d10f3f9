package dev.lethe.unlearning.generation;

import dev.lethe.unlearning.data.EncodedRow;
import dev.lethe.unlearning.model.LanguageModel;
import dev.lethe.unlearning.model.TokenBatch;
import dev.lethe.unlearning.tensor.NoGrad;
import dev.lethe.unlearning.tensor.Tensor;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * The tokens of a batch of rows that a model is asked about, each given those before it.
 *
 * @param inputs the rows without their last tokens, which predict nothing that counts
 * @param positions of the states that predict the tokens, row by row [n]
 * @param tokens that are predicted [n]
 */
@SuppressWarnings("ArrayRecordComponent") // made once, never compared
record GivenTokens(TokenBatch inputs, long[] positions, long[] tokens) {
    /** The first token of a row that is asked about: nothing predicts its first one. */
    static int first(EncodedRow row) {
        return Math.max(1, row.answerStart());
    }

    /**
     * Goes through the rows that have such tokens, the longest first, so that too little memory shows at once.
     *
     * @param score is given the indices of some rows, without gradients and in a scope of its own
     */
    static void inBatches(List<EncodedRow> rows, int batchSize, Consumer<List<Integer>> score) {
        List<Integer> order = IntStream.range(0, rows.size())
                .boxed()
                .filter(i -> rows.get(i).length() > first(rows.get(i)))
                .sorted(Comparator.comparing(i -> -rows.get(i).length()))
                .toList();
        try (NoGrad _ = new NoGrad()) {
            Batches.run(order, batchSize, score);
        }
    }

    static GivenTokens of(List<EncodedRow> rows) {
        TokenBatch inputs = TokenBatch.leftPadded(
                rows.stream()
                        .map(EncodedRow::ids)
                        .map(ids -> Arrays.copyOf(ids, ids.length - 1))
                        .toList(),
                0);
        LongStream.Builder positions = LongStream.builder();
        LongStream.Builder tokens = LongStream.builder();
        for (int i = 0; i < rows.size(); i++) {
            EncodedRow row = rows.get(i);
            for (int token = first(row); token < row.length(); token++) {
                positions.add((long) i * inputs.length() + inputs.padding(i) + token - 1);
                tokens.add(row.ids()[token]);
            }
        }
        return new GivenTokens(
                inputs, positions.build().toArray(), tokens.build().toArray());
    }

    /** The final hidden states [n, hidden] that predict the tokens. */
    Tensor states(LanguageModel model) {
        Tensor hidden = model.hidden(inputs);
        return hidden.view((long) inputs.rows() * inputs.length(), hidden.size(-1))
                .indexSelect(0, Tensor.on(hidden.device(), positions, positions.length));
    }
}
