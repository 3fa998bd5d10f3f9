package dev.lethe.unlearning.generation;

import dev.lethe.merge.InvalidInput;
import dev.lethe.unlearning.model.KeyValueCache;
import dev.lethe.unlearning.model.LanguageModel;
import dev.lethe.unlearning.model.TokenBatch;
import dev.lethe.unlearning.tensor.Dtype;
import dev.lethe.unlearning.tensor.NoGrad;
import dev.lethe.unlearning.tensor.Scope;
import dev.lethe.unlearning.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * Generation in batches, greedy or by chance. Padding is masked exactly, so that a prompt gets the tokens that it gets alone, but for
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
     * @param batchSize how many prompts go through the model at once, where a device's memory has room for them
     * @return the new tokens of each prompt, in the order of the prompts; the stop token, where one was met, is the
     *     last
     * @throws InvalidInput where the model's logits are no numbers: what it says would look forgotten
     */
    public List<int[]> greedy(List<int[]> prompts, int maxNewTokens, int batchSize) {
        return generate(prompts, maxNewTokens, batchSize, () -> (logits, _) -> best(logits));
    }

    /**
     * Appends a next token by its probability, again and again: temperature 1, among the most likely that together have
     * {@code topP} ({@link Nucleus}). A prompt's tokens depend on the seed and its place, not on the batch, but for rounding.
     *
     * @param topP in (0, 1]
     */
    public List<int[]> sample(List<int[]> prompts, int maxNewTokens, int batchSize, double topP, long seed) {
        return generate(prompts, maxNewTokens, batchSize, () -> {
            SplittableRandom seeds = new SplittableRandom(seed);
            List<Nucleus> nuclei =
                    prompts.stream().map(_ -> new Nucleus(topP, seeds.split())).toList();
            return (logits, open) -> {
                var unused = best(logits); // refuses what is no number
                float[] flat = logits.to(Dtype.F32).toFloats();
                int width = flat.length / open.size();
                return IntStream.range(0, open.size())
                        .mapToLong(row -> nuclei.get(open.get(row))
                                .token(Arrays.copyOfRange(flat, row * width, (row + 1) * width)))
                        .toArray();
            };
        });
    }

    /** Chooses the next token of each row. */
    private interface Choice {
        /**
         * @param logits [rows, vocabulary]
         * @param prompts that the rows continue
         */
        long[] of(Tensor logits, List<Integer> prompts);
    }

    /** @param choice made anew for each batch, and for one that is begun again */
    private List<int[]> generate(List<int[]> prompts, int maxNewTokens, int batchSize, Supplier<Choice> choice) {
        // Neighbours in length need little padding, and the longest first shows at once whether memory suffices.
        List<Integer> order = IntStream.range(0, prompts.size())
                .boxed()
                .sorted(Comparator.comparing(i -> -prompts.get(i).length))
                .toList();
        int[][] results = new int[prompts.size()][];
        try (NoGrad _ = new NoGrad()) {
            Batches.run(
                    order,
                    rowsAtOnce(prompts, maxNewTokens, batchSize),
                    batch -> generate(batch, prompts, maxNewTokens, choice.get(), results));
        }
        return List.of(results);
    }

    /** As many rows as were asked for; on a device, as its free memory has room for. */
    private int rowsAtOnce(List<int[]> prompts, int maxNewTokens, int asked) {
        int longest = prompts.stream().mapToInt(prompt -> prompt.length).max().orElse(1);
        return model.base()
                .device()
                .memory()
                .map(it -> Batches.fitting(it.free(), model.bytesPerRow(longest, longest + maxNewTokens), asked))
                .orElse(asked);
    }

    private void generate(List<Integer> batch, List<int[]> prompts, int maxNewTokens, Choice choice, int[][] results) {
        TokenBatch input =
                TokenBatch.leftPadded(batch.stream().map(prompts::get).toList(), 0);
        KeyValueCache cache = model.cache(batch.size(), input.length() + maxNewTokens);
        batch.forEach(prompt -> results[prompt] = new int[maxNewTokens]);
        List<Integer> open = batch;
        for (int step = 0; step < maxNewTokens && !open.isEmpty(); step++) {
            long[] next = next(input, cache, choice, open);
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

    /** The next token of each row. */
    private long[] next(TokenBatch input, KeyValueCache cache, Choice choice, List<Integer> prompts) {
        try (Scope _ = new Scope()) {
            Tensor hidden = model.hidden(input, cache);
            Tensor last = hidden.select(1, input.length() - 1L).contiguous();
            return choice.of(model.logits(last), prompts);
        }
    }

    private static long[] best(Tensor logits) {
        Tensor best = logits.argmax(-1).view(-1, 1);
        // One read for both; f32 holds every token's number.
        float[] found = Tensor.cat(
                        List.of(best.to(Dtype.F32), logits.gather(1, best).to(Dtype.F32)), 1)
                .toFloats();
        long[] tokens = new long[found.length / 2];
        for (int row = 0; row < tokens.length; row++) {
            tokens[row] = (long) found[2 * row];
            // The highest of a row in which any is NaN is NaN.
            if (!Float.isFinite(found[2 * row + 1])) {
                throw InvalidInput.at("model", "logits", "NaN or infinity", "finite numbers; its weights are broken");
            }
        }
        return tokens;
    }
}
