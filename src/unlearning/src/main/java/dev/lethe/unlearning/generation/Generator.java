package dev.lethe.unlearning.generation;

import dev.lethe.merge.InvalidInput;
import dev.lethe.unlearning.model.KeyValueCache;
import dev.lethe.unlearning.model.LanguageModel;
import dev.lethe.unlearning.model.TokenBatch;
import dev.lethe.unlearning.tensor.NoGrad;
import dev.lethe.unlearning.tensor.Scope;
import dev.lethe.unlearning.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Greedy generation in batches. Padding is masked exactly, so that a prompt gets the tokens that it gets alone, but for
 * rounding: sums over differently shaped tensors may differ in the last bits, and where two tokens are equally likely to
 * that precision, either may win.
 */
public final class Generator {

    private final LanguageModel model;
    private final Set<Integer> stops;

    /** @param stops the tokens that end a generation */
    public Generator(LanguageModel model, Collection<Integer> stops) {
        this.model = model;
        this.stops = Set.copyOf(stops);
    }

    /**
     * Appends the most likely next token, again and again.
     *
     * @param prompts token ids, at least one each
     * @param maxNewTokens when to stop at the latest
     * @param batchSize how many prompts go through the model at once
     * @return the new tokens of each prompt, in the order of the prompts; the stop token, where one was met, is the
     *     last
     * @throws InvalidInput where the model's logits are no numbers: what it says would look forgotten
     */
    public List<int[]> greedy(List<int[]> prompts, int maxNewTokens, int batchSize) {
        // Neighbours in length need little padding, and the longest first shows at once whether memory suffices.
        List<Integer> order = IntStream.range(0, prompts.size())
                .boxed()
                .sorted(Comparator.comparing(i -> -prompts.get(i).length))
                .toList();
        int[][] results = new int[prompts.size()][];
        try (NoGrad _ = new NoGrad()) {
            for (int first = 0; first < order.size(); first += batchSize) {
                List<Integer> batch = order.subList(first, Math.min(first + batchSize, order.size()));
                Scope.run(() -> generate(batch, prompts, maxNewTokens, results));
            }
        }
        return List.of(results);
    }

    private void generate(List<Integer> batch, List<int[]> prompts, int maxNewTokens, int[][] results) {
        TokenBatch input =
                TokenBatch.leftPadded(batch.stream().map(prompts::get).toList(), 0);
        KeyValueCache cache = model.cache(batch.size(), input.length() + maxNewTokens);
        batch.forEach(prompt -> results[prompt] = new int[maxNewTokens]);
        List<Integer> open = batch;
        for (int step = 0; step < maxNewTokens && !open.isEmpty(); step++) {
            long[] next = next(input, cache);
            List<Integer> going = new ArrayList<>();
            for (int row = 0; row < next.length; row++) {
                int prompt = open.get(row);
                results[prompt][step] = (int) next[row];
                if (stops.contains((int) next[row])) {
                    results[prompt] = Arrays.copyOf(results[prompt], step + 1);
                } else {
                    going.add(row);
                }
            }
            if (!going.isEmpty()) {
                if (going.size() < next.length) {
                    cache.keepRows(going.stream().mapToInt(row -> row).toArray());
                }
                input = new TokenBatch(
                        going.stream().map(row -> new long[] {next[row]}).toArray(long[][]::new),
                        new int[going.size()]);
            }
            open = going.stream().map(open::get).toList();
        }
    }

    /** The best next token of each row. */
    private long[] next(TokenBatch input, KeyValueCache cache) {
        try (Scope _ = new Scope()) {
            Tensor hidden = model.hidden(input, cache);
            Tensor last = hidden.select(1, input.length() - 1L).contiguous();
            Tensor logits = model.logits(last);
            Tensor best = logits.argmax(-1);
            // The highest of a row in which any is NaN is NaN.
            if (!logits.gather(1, best.view(input.rows(), 1)).isFinite()) {
                throw InvalidInput.at("model", "logits", "NaN or infinity", "finite numbers; its weights are broken");
            }
            return best.toLongs();
        }
    }
}
