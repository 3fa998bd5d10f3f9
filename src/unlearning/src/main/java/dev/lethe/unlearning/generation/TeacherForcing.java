package dev.lethe.unlearning.generation;

import dev.lethe.unlearning.data.EncodedRow;
import dev.lethe.unlearning.metric.TokenScores;
import dev.lethe.unlearning.model.LanguageModel;
import dev.lethe.unlearning.model.TokenBatch;
import dev.lethe.unlearning.tensor.Dtype;
import dev.lethe.unlearning.tensor.Functional;
import dev.lethe.unlearning.tensor.NoGrad;
import dev.lethe.unlearning.tensor.Scope;
import dev.lethe.unlearning.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

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
        List<Integer> order = IntStream.range(0, scores.length)
                .boxed()
                .filter(i -> rows.get(i).length() > first(rows.get(i)))
                .sorted(Comparator.comparing(i -> -rows.get(i).length()))
                .toList();
        try (NoGrad _ = new NoGrad()) {
            for (int start = 0; start < order.size(); start += batchSize) {
                List<Integer> batch = order.subList(start, Math.min(start + batchSize, order.size()));
                Scope.run(() -> score(batch, rows, scores));
            }
        }
        return List.of(scores);
    }

    private static int first(EncodedRow row) {
        return Math.max(1, row.answerStart());
    }

    private void score(List<Integer> batch, List<EncodedRow> rows, TokenScores[] scores) {
        // The last token of a row predicts nothing that counts.
        TokenBatch inputs = TokenBatch.leftPadded(
                batch.stream()
                        .map(i -> rows.get(i).ids())
                        .map(ids -> Arrays.copyOf(ids, ids.length - 1))
                        .toList(),
                0);
        List<Long> positions = new ArrayList<>();
        List<Long> targets = new ArrayList<>();
        for (int row = 0; row < batch.size(); row++) {
            EncodedRow encoded = rows.get(batch.get(row));
            for (int token = first(encoded); token < encoded.length(); token++) {
                positions.add((long) row * inputs.length() + inputs.padding(row) + token - 1);
                targets.add((long) encoded.ids()[token]);
            }
        }
        TokenScores all = score(inputs, longs(positions), longs(targets));
        int at = 0;
        for (int index : batch) {
            int end = at + rows.get(index).length() - first(rows.get(index));
            scores[index] = new TokenScores(
                    Arrays.copyOfRange(all.logProbs(), at, end),
                    Arrays.copyOfRange(all.likeliest(), at, end),
                    Arrays.copyOfRange(all.means(), at, end),
                    Arrays.copyOfRange(all.variances(), at, end));
            at = end;
        }
    }

    private TokenScores score(TokenBatch inputs, long[] positions, long[] targets) {
        Tensor hidden = model.hidden(inputs);
        Tensor chosen = hidden.view((long) inputs.rows() * inputs.length(), hidden.size(-1))
                .indexSelect(0, Tensor.of(positions, positions.length).to(hidden.device()));
        int count = targets.length;
        float[] logProbs = new float[count];
        boolean[] likeliest = new boolean[count];
        float[] means = new float[count];
        float[] variances = new float[count];
        model.perPosition(chosen, (logits, from) -> {
            int n = (int) logits.size(0);
            long[] expected = Arrays.copyOfRange(targets, from, from + n);
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

    private static long[] longs(List<Long> values) {
        return values.stream().mapToLong(Long::longValue).toArray();
    }
}
