package dev.lethe.unlearning.suite;

import dev.lethe.unlearning.data.Row;
import dev.lethe.unlearning.generation.Generator;
import dev.lethe.unlearning.generation.Likelihood;
import dev.lethe.unlearning.model.LanguageModel;
import dev.lethe.unlearning.model.TokenBatch;
import dev.lethe.unlearning.tensor.NoGrad;
import dev.lethe.unlearning.tensor.Scope;
import dev.lethe.unlearning.tensor.Tensor;
import dev.lethe.unlearning.tokenizer.TextTokenizer;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A language model with its tokenizer under measurement.
 *
 * @param identity a digest of base and adapter
 * @param model with its adapter, if any
 * @param tokenizer of the base
 */
public record LanguageModelSubject(String identity, LanguageModel model, TextTokenizer tokenizer) implements Subject {

    @Override
    public List<String> generate(List<String> prompts, int maxNewTokens) {
        List<int[]> ids = prompts.stream().map(this::prompt).toList();
        return new Generator(model, tokenizer.stopIds())
                .greedy(ids, maxNewTokens, ids.size()).stream()
                        .map(tokens -> tokenizer.decode(tokens, true))
                        .toList();
    }

    @Override
    public double[] documentNll(List<String> documents) {
        List<int[]> ids = documents.stream().map(this::tokens).toList();
        return new Likelihood(model, ids.size()).meanNll(ids);
    }

    @Override
    public double[] outputNll(List<Row> rows) {
        List<int[]> inputs = rows.stream().map(row -> tokens(row.input())).toList();
        List<int[]> whole =
                rows.stream().map(row -> tokens(row.input() + row.output())).toList();
        List<int[]> leading = IntStream.range(0, rows.size())
                .mapToObj(i -> Arrays.copyOf(whole.get(i), Math.min(inputs.get(i).length, whole.get(i).length)))
                .toList();
        List<int[]> rest = IntStream.range(0, rows.size())
                .mapToObj(i -> Arrays.copyOfRange(whole.get(i), leading.get(i).length, whole.get(i).length))
                .toList();
        return new Likelihood(model, rows.size()).meanNll(leading, rest);
    }

    @Override
    public double[][] nextTokenLogits(List<String> prompts, List<String> options) {
        int[] candidates = options.stream()
                .map(option -> tokenizer.encode(option, false))
                .mapToInt(ids -> ids[ids.length - 1])
                .toArray();
        TokenBatch batch =
                TokenBatch.leftPadded(prompts.stream().map(this::prompt).toList(), tokenizer.padId());
        float[] logits;
        try (NoGrad _ = new NoGrad();
                Scope _ = new Scope()) {
            Tensor last = model.hidden(batch).select(1, batch.length() - 1L).contiguous();
            logits = model.logits(last).toFloats();
        }
        int vocabulary = logits.length / prompts.size();
        return IntStream.range(0, prompts.size())
                .mapToObj(row -> Arrays.stream(candidates)
                        .mapToDouble(candidate -> logits[row * vocabulary + candidate])
                        .toArray())
                .toArray(double[][]::new);
    }

    @Override
    public int tokenCount(String text) {
        return tokenizer.encode(text, false).length;
    }

    @Override
    public int positions() {
        return model.config().maxPositions();
    }

    private int[] tokens(String text) {
        return tokenizer.encode(text, true);
    }

    /** An empty prompt of a tokenizer without a first token begins after the end of another text. */
    private int[] prompt(String text) {
        int[] ids = tokens(text);
        return ids.length == 0 ? new int[] {tokenizer.eosId()} : ids;
    }
}
