package dev.lethe.unlearning.generation;

import dev.lethe.unlearning.data.EncodedRow;
import dev.lethe.unlearning.model.LanguageModel;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** How likely a model finds given texts: mean negative log-likelihoods (NLL) of their tokens, in nats. */
public final class Likelihood {

    private final LanguageModel model;
    private final int batchSize;

    /** @param batchSize how many texts go through the model at once */
    public Likelihood(LanguageModel model, int batchSize) {
        this.model = model;
        this.batchSize = batchSize;
    }

    /**
     * The mean NLL of each text's tokens from the second on, each given those before it, as a causal model's loss with all
     * tokens as labels. Not a number for texts of fewer than two tokens.
     */
    public double[] meanNll(List<int[]> texts) {
        return measured(texts, texts.stream().mapToInt(_ -> 1).toArray());
    }

    /**
     * The mean NLL of each output's tokens, given its input and the tokens before. Not a number for empty outputs.
     *
     * @param inputs token ids, at least one each
     * @param outputs token ids that follow them
     */
    public double[] meanNll(List<int[]> inputs, List<int[]> outputs) {
        List<int[]> texts = IntStream.range(0, inputs.size())
                .mapToObj(i -> IntStream.concat(Arrays.stream(inputs.get(i)), Arrays.stream(outputs.get(i)))
                        .toArray())
                .toList();
        return measured(
                texts,
                inputs.stream().mapToInt(input -> Math.max(1, input.length)).toArray());
    }

    /** Means over the tokens of each text from number {@code first} on; nothing predicts number 0. */
    private double[] measured(List<int[]> texts, int[] first) {
        List<EncodedRow> rows = IntStream.range(0, texts.size())
                .mapToObj(i -> new EncodedRow(texts.get(i), first[i]))
                .toList();
        double[] means = new double[rows.size()];
        Arrays.fill(means, Double.NaN);
        GivenTokens.inBatches(rows, batchSize, batch -> measure(batch, rows, means));
        return means;
    }

    private void measure(List<Integer> batch, List<EncodedRow> rows, double[] means) {
        GivenTokens given = GivenTokens.of(batch.stream().map(rows::get).toList());
        float[] logProbs = model.logProbs(given.states(model), given.tokens()).toFloats();
        int at = 0;
        for (int index : batch) {
            double sum = 0;
            int count = rows.get(index).length() - GivenTokens.first(rows.get(index));
            for (int i = 0; i < count; i++) {
                sum -= logProbs[at++];
            }
            means[index] = sum / count;
        }
    }
}
