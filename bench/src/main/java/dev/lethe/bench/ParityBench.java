package dev.lethe.bench;

import dev.lethe.catalog.DataRole;
import dev.lethe.unlearning.data.EncodedRow;
import dev.lethe.unlearning.data.RowBatch;
import dev.lethe.unlearning.data.RowEncoding;
import dev.lethe.unlearning.data.Rows;
import dev.lethe.unlearning.generation.Generator;
import dev.lethe.unlearning.lora.Adapter;
import dev.lethe.unlearning.lora.LoraSettings;
import dev.lethe.unlearning.model.BaseModel;
import dev.lethe.unlearning.model.Dropout;
import dev.lethe.unlearning.model.LanguageModel;
import dev.lethe.unlearning.model.PassLimits;
import dev.lethe.unlearning.model.TokenBatch;
import dev.lethe.unlearning.model.WeightFormat;
import dev.lethe.unlearning.objective.MicroBatch;
import dev.lethe.unlearning.objective.Objective;
import dev.lethe.unlearning.objective.Objectives;
import dev.lethe.unlearning.objective.ReferenceModel;
import dev.lethe.unlearning.objective.Terms;
import dev.lethe.unlearning.objective.TrainingModels;
import dev.lethe.unlearning.tensor.Device;
import dev.lethe.unlearning.tensor.Dtype;
import dev.lethe.unlearning.tensor.NoGrad;
import dev.lethe.unlearning.tensor.Scope;
import dev.lethe.unlearning.tensor.Threads;
import dev.lethe.unlearning.tokenizer.TextTokenizer;
import dev.lethe.unlearning.training.AdamW;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * What a device computes, for {@code bench/gpu} to compare with what a CPU computes: the logits after some rows, the losses of
 * a training with dropout and clipping, and greedy tokens before it.
 */
@Command(name = "ParityBench", mixinStandardHelpOptions = true, showDefaultValues = true)
final class ParityBench implements Callable<Integer> {
    private static final int ROWS = 4;
    private static final double DROPOUT = 0.05;

    @Parameters(index = "0", description = "a Hugging Face model folder")
    private Path model = Path.of("");

    @Parameters(index = "1", description = "JSON Lines with id, input and output")
    private Path rows = Path.of("");

    @Option(
            names = "--steps",
            defaultValue = "8",
            description = "of training; every second one with gradient checkpointing, in parts")
    private int steps;

    @Option(names = "--new-tokens", defaultValue = "32")
    private int newTokens;

    @Option(names = "--length", defaultValue = "128")
    private int length;

    @Option(names = "--threads", defaultValue = "2")
    private int threads;

    @Option(names = "--device", defaultValue = "cpu", description = "cpu or cuda")
    private String device = "cpu";

    @Option(names = "--dtype", defaultValue = "float32", description = "of the base: float32 or bfloat16")
    private String dtype = "float32";

    @Option(
            names = "--base",
            defaultValue = "COMPUTED",
            description = "how the base's linear weights are held: ${COMPLETION-CANDIDATES}")
    private WeightFormat base = WeightFormat.COMPUTED;

    /** Runs. */
    public static void main(String... args) {
        System.exit(new CommandLine(new ParityBench()).execute(args));
    }

    @Override
    public Integer call() throws Exception {
        Threads.set(threads);
        long start = System.nanoTime();
        try (TextTokenizer tokenizer = TextTokenizer.load(model);
                BaseModel loaded = BaseModel.load(
                        model, dtype.equals("bfloat16") ? Dtype.BF16 : Dtype.F32, Device.of(device), base)) {
            double loading = (System.nanoTime() - start) / 1e9;
            List<EncodedRow> encoded = new RowEncoding(tokenizer, length).encode(Rows.read(rows));
            LanguageModel language = new LanguageModel(loaded);
            new Figures()
                    .with("device", device)
                    .with("dtype", dtype)
                    .with("base", base.toString())
                    .with("loadSeconds", loading, 3)
                    .with("logits", logits(language, encoded))
                    .with("tokens", tokens(language, encoded))
                    .with("losses", losses(loaded, encoded, tokenizer.padId()))
                    .print();
        }
        return 0;
    }

    /** After the last tokens of rows of different lengths, one after the other. */
    private float[] logits(LanguageModel language, List<EncodedRow> encoded) {
        TokenBatch batch = TokenBatch.leftPadded(
                encoded.subList(0, ROWS).stream().map(EncodedRow::ids).toList(), 0);
        try (Scope _ = new Scope();
                NoGrad _ = new NoGrad()) {
            return language.logits(language.hidden(batch).select(1, batch.length() - 1L))
                    .toFloats();
        }
    }

    private List<int[]> tokens(LanguageModel language, List<EncodedRow> encoded) {
        List<int[]> prompts = encoded.subList(0, ROWS).stream()
                .map(row -> Arrays.copyOf(row.ids(), row.answerStart()))
                .toList();
        return new Generator(language, List.of()).greedy(prompts, newTokens, ROWS);
    }

    private List<Double> losses(BaseModel base, List<EncodedRow> encoded, int padId) {
        Objective objective = Objectives.LETHE.of("npo", Map.of());
        List<Double> losses = new ArrayList<>();
        try (Scope _ = new Scope();
                Adapter adapter = Adapter.init(
                                base.config(), new LoraSettings(8, 16, DROPOUT), 42, base.device(), model.toString())
                        .trainable()) {
            AdamW optimizer = new AdamW(adapter.parameters(), 0.01);
            for (int step = 0; step < steps; step++) {
                PassLimits limits = step % 2 == 0 ? PassLimits.NONE : new PassLimits(ROWS / 2, true);
                Dropout dropout = Dropout.ofPass(DROPOUT, 42, step);
                TrainingModels models = new TrainingModels(
                        new LanguageModel(base, adapter.modules()),
                        new ReferenceModel(new LanguageModel(base), false),
                        limits,
                        _ -> dropout);
                MicroBatch batch = new MicroBatch(Map.of(
                        DataRole.FORGET,
                        batch(encoded, step, padId),
                        DataRole.RETAIN,
                        batch(encoded, step + 1, padId)));
                try (Scope _ = new Scope()) {
                    Terms terms = objective.accumulate(models, batch, 1);
                    optimizer.step(1e-3, 1);
                    losses.add(terms.read().total());
                }
            }
        }
        return losses;
    }

    private RowBatch batch(List<EncodedRow> encoded, int number, int padId) {
        int first = number * ROWS % (encoded.size() - ROWS + 1);
        return new RowBatch(encoded.subList(first, first + ROWS), length, padId, 1).foldedPadding();
    }
}
