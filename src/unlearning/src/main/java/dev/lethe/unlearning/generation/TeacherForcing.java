package dev.lethe.unlearning.generation;

import dev.lethe.unlearning.data.EncodedRow;
import dev.lethe.unlearning.metric.TokenScores;
import dev.lethe.unlearning.model.LanguageModel;
import dev.lethe.unlearning.tensor.Dtype;
import dev.lethe.unlearning.tensor.Functional;
import dev.lethe.unlearning.tensor.Tensor;
import java.util.Arrays;
import java.util.List;

/**
 * What a model would have said at each place of an answer that is given to it token by token: one forward pass scores many
 * rows, where generation needs one for each token.
 */
public final class TeacherForcing {
    private final LanguageModel model;
    private final int batchSize;

    /** @param batchSize how many rows go through the model at once; it does not change a score, but for rounding */
    public TeacherForcing(LanguageModel model, int batchSize) {
        this.model = model;
        this.batchSize = batchSize;
    }

    /**
     * The scores of each row's tokens from {@code answerStart} on (from the second on at least: nothing predicts the
     * first), in the order of the rows. An end of text that is part of the row is scored, too.
     */
    public List<TokenScores> scores(List<EncodedRow> rows) {
        TokenScores[] scores = new TokenScores[rows.size()];
        Arrays.fill(scores, new TokenScores(new float[0], new boolean[0], new float[0], new float[0]));
        GivenTokens.inBatches(rows, batchSize, batch -> score(batch, rows, scores));
        return List.of(scores);
    }

    private void score(List<Integer> batch, List<EncodedRow> rows, TokenScores[] scores) {
        TokenScores all = score(GivenTokens.of(batch.stream().map(rows::get).toList()));
        int at = 0;
        for (int index : batch) {
            int end = at + rows.get(index).length() - GivenTokens.first(rows.get(index));
            scores[index] = new TokenScores(
                    Arrays.copyOfRange(all.logProbs(), at, end),
                    Arrays.copyOfRange(all.likeliest(), at, end),
                    Arrays.copyOfRange(all.means(), at, end),
                    Arrays.copyOfRange(all.variances(), at, end));
            at = end;
        }
    }

    private TokenScores score(GivenTokens given) {
        Tensor states = given.states(model);
        int count = given.tokens().length;
        float[] logProbs = new float[count];
        boolean[] likeliest = new boolean[count];
        float[] means = new float[count];
        float[] variances = new float[count];
        model.perPosition(states, (logits, from) -> {
            int n = (int) logits.size(0);
            long[] expected = Arrays.copyOfRange(given.tokens(), from, from + n);
            long[] found = logits.argmax(-1).toLongs();
            for (int i = 0; i < n; i++) {
                likeliest[from + i] = found[i] == expected[i];
            }
            Tensor logP = Functional.logSoftmax(logits, -1);
            Tensor p = logP.exp();
            Tensor mean = p.mul(logP).sum(-1);
            Tensor variance = p.mul(logP.square()).sum(-1).sub(mean.square());
            Tensor ofTarget = logP.gather(1, Tensor.of(expected, n, 1).to(logits.device()))
                    .view(n);
            copy(ofTarget, logProbs, from);
            copy(mean, means, from);
            copy(variance, variances, from);
            return ofTarget;
        });
        return new TokenScores(logProbs, likeliest, means, variances);
    }

    private static void copy(Tensor values, float[] into, int from) {
        float[] floats = values.to(Dtype.F32).toFloats();
        System.arraycopy(floats, 0, into, from, floats.length);
    }
}
