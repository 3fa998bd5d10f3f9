package dev.lethe.bench;

import dev.lethe.catalog.DataRole;
import dev.lethe.unlearning.data.EncodedRow;
import dev.lethe.unlearning.data.LossMask;
import dev.lethe.unlearning.data.RowBatch;
import dev.lethe.unlearning.data.RowEncoding;
import dev.lethe.unlearning.data.Rows;
import dev.lethe.unlearning.lora.Adapter;
import dev.lethe.unlearning.lora.LoraSettings;
import dev.lethe.unlearning.model.BaseModel;
import dev.lethe.unlearning.model.Dropout;
import dev.lethe.unlearning.model.LanguageModel;
import dev.lethe.unlearning.model.PassLimits;
import dev.lethe.unlearning.objective.FineTuning;
import dev.lethe.unlearning.objective.MicroBatch;
import dev.lethe.unlearning.objective.Objective;
import dev.lethe.unlearning.objective.Objectives;
import dev.lethe.unlearning.objective.ReferenceModel;
import dev.lethe.unlearning.objective.Terms;
import dev.lethe.unlearning.objective.TrainingModels;
import dev.lethe.unlearning.tensor.Device;
import dev.lethe.unlearning.tensor.Dtype;
import dev.lethe.unlearning.tensor.Threads;
import dev.lethe.unlearning.tokenizer.TextTokenizer;
import dev.lethe.unlearning.training.AdamW;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * Times LoRA training as {@code bench/peers/train_peft.py} times PEFT: the same options, rows, layout, objective and
 * optimizer, one step per micro-batch, the same figures.
 */
@Command(name = "TrainBench", mixinStandardHelpOptions = true, showDefaultValues = true)
final class TrainBench implements Callable<Integer> {

    private enum Kind {
        ce,
        npo
    }

    @Parameters(index = "0", description = "a Hugging Face model folder")
    private Path model = Path.of("");

    @Parameters(index = "1", description = "JSON Lines with id, input and output")
    private Path rows = Path.of("");

    @Option(names = "--retain", description = "rows to keep (default: ROWS, half-way round)")
    private @Nullable Path retain;

    @Option(names = "--objective", defaultValue = "ce", description = "${COMPLETION-CANDIDATES}")
    private Kind objective = Kind.ce;

    @Option(names = "--batch", defaultValue = "2")
    private int batch;

    @Option(names = "--length", defaultValue = "256")
    private int length;

    @Option(names = "--steps", defaultValue = "10")
    private int steps;

    @Option(names = "--warmup", defaultValue = "2")
    private int warmup;

    @Option(names = "--threads", defaultValue = "2")
    private int threads;

    @Option(names = "--rank", defaultValue = "32")
    private int rank;

    @Option(names = "--full-rows", description = "only rows that fill the length: no padding anywhere")
    private boolean fullRows;

    @Option(names = "--device", defaultValue = "cpu", description = "cpu or cuda")
    private String device = "cpu";

    @Option(names = "--dtype", defaultValue = "float32", description = "of the base: float32 or bfloat16")
    private String dtype = "float32";

    /** Runs. */
    public static void main(String... args) {
        System.exit(new CommandLine(new TrainBench()).execute(args));
    }

    /** The rows of step after step, which go round. */
    private record Source(List<EncodedRow> rows, int batch, int length, int padId) {
        RowBatch ofStep(int step) {
            return new RowBatch(
                            IntStream.range(step * batch, (step + 1) * batch)
                                    .mapToObj(i -> rows.get(i % rows.size()))
                                    .toList(),
                            length,
                            padId,
                            1)
                    .foldedPadding();
        }

        Source halfWayRound() {
            int half = rows.size() / 2;
            List<EncodedRow> turned = new ArrayList<>(rows.subList(half, rows.size()));
            turned.addAll(rows.subList(0, half));
            return new Source(turned, batch, length, padId);
        }
    }

    @Override
    public Integer call() throws Exception {
        Threads.set(threads);
        try (TextTokenizer tokenizer = TextTokenizer.load(model);
                BaseModel base =
                        BaseModel.load(model, dtype.equals("bfloat16") ? Dtype.BF16 : Dtype.F32, Device.of(device));
                Adapter adapter = Adapter.init(
                                base.config(), new LoraSettings(rank, rank, 0), 42, base.device(), model.toString())
                        .trainable()) {
            Source first = source(rows, tokenizer);
            Source second = retain == null ? first.halfWayRound() : source(retain, tokenizer);
            train(base, adapter, first, second).print();
        }
        return 0;
    }

    private Source source(Path file, TextTokenizer tokenizer) {
        List<EncodedRow> encoded = new RowEncoding(tokenizer, length)
                .encode(Rows.read(file)).stream()
                        .filter(row -> !fullRows || row.length() == length)
                        .toList();
        return new Source(encoded, batch, length, tokenizer.padId());
    }

    private Figures train(BaseModel base, Adapter adapter, Source first, Source second) {
        Objective loss = objective == Kind.npo ? Objectives.LETHE.of("npo", Map.of()) : new FineTuning(LossMask.ANSWER);
        TrainingModels learner = new TrainingModels(
                new LanguageModel(base, adapter.modules()),
                new ReferenceModel(new LanguageModel(base), false),
                PassLimits.NONE,
                _ -> Dropout.NONE);
        AdamW optimizer = new AdamW(adapter.parameters(), 0.01);
        List<Double> losses = new ArrayList<>();
        List<Double> times = new ArrayList<>();
        long tokens = 0;
        double cpu = 0;
        for (int step = 0; step < warmup + steps; step++) {
            MicroBatch batches = new MicroBatch(
                    objective == Kind.npo
                            ? Map.of(DataRole.FORGET, first.ofStep(step), DataRole.RETAIN, second.ofStep(step))
                            : Map.of(DataRole.DATA, first.ofStep(step)));
            double cpuBefore = Figures.cpuSeconds();
            long start = System.nanoTime();
            Terms terms = loss.accumulate(learner, batches, 1);
            optimizer.step(1e-4, 0);
            losses.add(terms.read().total());
            if (step >= warmup) {
                times.add((System.nanoTime() - start) / 1e9);
                cpu += Figures.cpuSeconds() - cpuBefore;
                tokens += first.ofStep(step).tokenCount();
            }
        }
        return figures(losses, times, cpu, tokens);
    }

    private Figures figures(List<Double> losses, List<Double> times, double cpu, long tokens) {
        double seconds = times.stream().mapToDouble(Double::doubleValue).sum();
        return new Figures()
                .with("peer", "lethe")
                .with("objective", objective.name())
                .with("batch", batch)
                .with("length", length)
                .with("fullRows", fullRows)
                .with("steps", steps)
                .with("threads", threads)
                .with("rank", rank)
                .with("device", device)
                .with("dtype", dtype)
                .with("firstLoss", losses.getFirst(), 5)
                .with("lastLoss", losses.getLast(), 5)
                .with("msPerStep", Figures.median(times) * 1e3, 1)
                .with("cpuMsPerStep", cpu / steps * 1e3, 1)
                .with("tokensPerSecond", tokens / seconds, 1);
    }
}
