package dev.lethe.unlearning.generation;

import dev.lethe.unlearning.model.LanguageModel;
import dev.lethe.unlearning.model.TokenBatch;
import dev.lethe.unlearning.tensor.Device;
import dev.lethe.unlearning.tensor.NoGrad;
import dev.lethe.unlearning.tensor.Scope;
import dev.lethe.unlearning.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
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
        double[] means = new double[texts.size()];
        Arrays.fill(means, Double.NaN);
        List<Integer> order = IntStream.range(0, means.length)
                .boxed()
                .filter(i -> texts.get(i).length > first[i])
                .sorted(Comparator.comparing(i -> -texts.get(i).length))
                .toList();
        try (NoGrad _ = new NoGrad()) {
            for (int start = 0; start < order.size(); start += batchSize) {
                List<Integer> batch = order.subList(start, Math.min(start + batchSize, order.size()));
                Scope.run(() -> measure(batch, texts, first, means));
            }
        }
        return means;
    }

    private void measure(List<Integer> batch, List<int[]> texts, int[] first, double[] means) {
        // The last token predicts nothing that counts.
        TokenBatch inputs = TokenBatch.leftPadded(
                batch.stream()
                        .map(i -> Arrays.copyOf(texts.get(i), texts.get(i).length - 1))
                        .toList(),
                0);
        List<Long> positions = new ArrayList<>();
        List<Integer> targets = new ArrayList<>();
        for (int row = 0; row < batch.size(); row++) {
            int[] text = texts.get(batch.get(row));
            for (int token = first[batch.get(row)]; token < text.length; token++) {
                positions.add((long) row * inputs.length() + inputs.padding(row) + token - 1);
                targets.add(text[token]);
            }
        }
        float[] logProbs = logProbs(inputs, positions, targets);
        int at = 0;
        for (int index : batch) {
            double sum = 0;
            int count = texts.get(index).length - first[index];
            for (int i = 0; i < count; i++) {
                sum -= logProbs[at++];
            }
            means[index] = sum / count;
        }
    }

    private float[] logProbs(TokenBatch inputs, List<Long> positions, List<Integer> targets) {
        Tensor hidden = model.hidden(inputs);
        Device device = hidden.device();
        long[] index = positions.stream().mapToLong(Long::longValue).toArray();
        Tensor chosen = hidden.view((long) inputs.rows() * inputs.length(), hidden.size(-1))
                .indexSelect(0, Tensor.of(index, index.length).to(device));
        return model.logProbs(chosen, targets.stream().mapToLong(i -> i).toArray())
                .toFloats();
    }
}
