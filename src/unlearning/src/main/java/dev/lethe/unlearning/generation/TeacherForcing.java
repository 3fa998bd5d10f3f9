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
        Tensor expected = Tensor.on(states.device(), given.tokens(), given.tokens().length);
        // All of a batch is read at once: a GPU computes on while nobody looks.
        float[] all = model.perPosition(states, (logits, from) -> {
                    Tensor target = expected.narrow(0, from, logits.size(0));
                    Tensor logP = Functional.logSoftmax(logits, -1);
                    Tensor p = logP.exp();
                    Tensor mean = p.mul(logP).sum(-1);
                    return Tensor.stack(
                            List.of(
                                    logP.gather(1, target.view(-1, 1)).view(-1),
                                    logits.argmax(-1).eq(target).to(Dtype.F32),
                                    mean,
                                    p.mul(logP.square()).sum(-1).sub(mean.square())),
                            1);
                })
                .toFloats();
        int count = given.tokens().length;
        float[] logProbs = new float[count];
        boolean[] likeliest = new boolean[count];
        float[] means = new float[count];
        float[] variances = new float[count];
        for (int i = 0; i < count; i++) {
            logProbs[i] = all[4 * i];
            likeliest[i] = all[4 * i + 1] == 1;
            means[i] = all[4 * i + 2];
            variances[i] = all[4 * i + 3];
        }
        return new TokenScores(logProbs, likeliest, means, variances);
    }
}
