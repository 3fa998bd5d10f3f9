package dev.lethe.unlearning.suite;

import dev.lethe.unlearning.data.EncodedRow;
import dev.lethe.unlearning.data.Row;
import dev.lethe.unlearning.data.RowEncoding;
import dev.lethe.unlearning.generation.Generator;
import dev.lethe.unlearning.generation.Likelihood;
import dev.lethe.unlearning.generation.TeacherForcing;
import dev.lethe.unlearning.metric.TokenScores;
import dev.lethe.unlearning.model.BaseModel;
import dev.lethe.unlearning.model.LanguageModel;
import dev.lethe.unlearning.model.LoraFactors;
import dev.lethe.unlearning.model.Quantization;
import dev.lethe.unlearning.model.TokenBatch;
import dev.lethe.unlearning.tensor.Dtype;
import dev.lethe.unlearning.tensor.NoGrad;
import dev.lethe.unlearning.tensor.Scope;
import dev.lethe.unlearning.tensor.Tensor;
import dev.lethe.unlearning.tokenizer.TextTokenizer;
import dev.lethe.unlearning.training.Relearning;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * A language model and its tokenizer, as suites use them. What it said is remembered, so that two suites that ask the same have
 * it generated once: the model must not change.
 */
public final class EvaluatedLanguageModel implements EvaluatedModel {
    /** Tokens of a row that an attack learns; a longer one costs much memory and says little more. */
    private static final int LONGEST_LEARNED = 1024;

    private final String identity;
    private final LanguageModel model;
    private final TextTokenizer tokenizer;
    private final Map<Asked, List<String>> said = new HashMap<>();

    /** A batch as a whole: prompts of another batch would round otherwise, and an evaluation that is resumed differ. */
    private record Asked(List<String> prompts, int maxNewTokens) {
        Asked {
            prompts = List.copyOf(prompts);
        }
    }

    /**
     * @param identity digests of what the model was made of
     * @param model with its adapter, if any
     * @param tokenizer of the base
     */
    public EvaluatedLanguageModel(String identity, LanguageModel model, TextTokenizer tokenizer) {
        this.identity = identity;
        this.model = model;
        this.tokenizer = tokenizer;
    }

    @Override
    public String identity() {
        return identity;
    }

    @Override
    public List<String> generate(List<String> prompts, int maxNewTokens) {
        return said.computeIfAbsent(
                new Asked(prompts, maxNewTokens), asked -> generated(asked.prompts, asked.maxNewTokens));
    }

    private List<String> generated(List<String> prompts, int maxNewTokens) {
        List<int[]> ids = prompts.stream().map(this::prompt).toList();
        return new Generator(model, tokenizer.stopIds())
                .greedy(ids, maxNewTokens, Math.max(1, ids.size())).stream()
                        .map(generated -> tokenizer.decode(generated, true))
                        .toList();
    }

    @Override
    public double[] documentNll(List<String> documents) {
        return likelihood(documents.size())
                .meanNll(documents.stream()
                        .map(text -> tokenizer.encode(text, true))
                        .toList());
    }

    @Override
    public double[] outputNll(List<Row> rows) {
        List<int[]> inputs = new ArrayList<>();
        List<int[]> outputs = new ArrayList<>();
        for (Row row : rows) {
            int[] whole = tokenizer.encode(row.input() + row.output(), true);
            int given = Math.min(tokenizer.encode(row.input(), true).length, whole.length);
            inputs.add(Arrays.copyOf(whole, given));
            outputs.add(Arrays.copyOfRange(whole, given, whole.length));
        }
        return likelihood(rows.size()).meanNll(inputs, outputs);
    }

    @Override
    public List<TokenScores> answerScores(List<Row> rows) {
        return scores(tokens(rows));
    }

    @Override
    public List<EncodedRow> tokens(List<Row> rows) {
        return rows.stream().map(this::answered).toList();
    }

    @Override
    public List<TokenScores> documentScores(List<String> documents) {
        return scores(documents.stream()
                .map(text -> new EncodedRow(tokenizer.encode(text, true), 1))
                .toList());
    }

    @Override
    public double[][] nextTokenLogits(List<String> prompts, List<String> options) {
        long[] ids = options.stream()
                .map(option -> tokenizer.encode(option, false))
                .mapToLong(option -> option[option.length - 1])
                .toArray();
        TokenBatch batch =
                TokenBatch.leftPadded(prompts.stream().map(this::prompt).toList(), tokenizer.padId());
        try (NoGrad _ = new NoGrad();
                Scope _ = new Scope()) {
            Tensor last = model.hidden(batch).select(1, batch.length() - 1L).contiguous();
            Tensor chosen = model.logits(last)
                    .indexSelect(1, Tensor.on(last.device(), ids, ids.length))
                    .to(Dtype.F32);
            return rows(chosen.toFloats(), ids.length);
        }
    }

    @Override
    public int tokenCount(String text) {
        return tokenizer.encode(text, false).length;
    }

    @Override
    public int positions() {
        return model.config().maxPositions();
    }

    @Override
    public DerivedModel relearned(Relearning attack, List<Row> rows, Runnable stepped) {
        RowEncoding encoding = new RowEncoding(tokenizer, Math.min(positions(), LONGEST_LEARNED));
        Map<String, LoraFactors> updates =
                attack.attack(model, rows.stream().map(encoding::encode).toList(), tokenizer.padId(), stepped);
        return derived(new LanguageModel(model.base(), updates), () -> updates.values()
                .forEach(it -> List.of(it.a(), it.b()).forEach(Tensor::close)));
    }

    @Override
    public DerivedModel other(Path folder) {
        TextTokenizer its = TextTokenizer.load(folder);
        BaseModel other =
                BaseModel.load(folder, model.base().dtype(), model.base().device());
        return new DerivedModel(new EvaluatedLanguageModel(folder.toString(), new LanguageModel(other), its), () -> {
            other.close();
            its.close();
        });
    }

    @Override
    public DerivedModel quantized(Quantization precision) {
        BaseModel rounded = model.base().quantized(precision, model.updates());
        return derived(new LanguageModel(rounded), rounded::close);
    }

    private DerivedModel derived(LanguageModel from, Runnable own) {
        return new DerivedModel(new EvaluatedLanguageModel(identity, from, tokenizer), own);
    }

    /** A model needs a token to begin with: an empty prompt is the end of the text before. */
    private int[] prompt(String text) {
        int[] ids = tokenizer.encode(text, true);
        return ids.length > 0 ? ids : new int[] {tokenizer.eosId()};
    }

    private EncodedRow answered(Row row) {
        int[] prompt = prompt(row.input());
        int[] answer = tokenizer.encode(row.output(), false);
        int[] ids =
                IntStream.concat(Arrays.stream(prompt), Arrays.stream(answer)).toArray();
        return new EncodedRow(ids, prompt.length);
    }

    private List<TokenScores> scores(List<EncodedRow> rows) {
        return new TeacherForcing(model, Math.max(1, rows.size())).scores(rows);
    }

    private Likelihood likelihood(int batchSize) {
        return new Likelihood(model, Math.max(1, batchSize));
    }

    private static double[][] rows(float[] flat, int width) {
        double[][] rows = new double[flat.length / width][width];
        for (int i = 0; i < flat.length; i++) {
            rows[i / width][i % width] = flat[i];
        }
        return rows;
    }
}
