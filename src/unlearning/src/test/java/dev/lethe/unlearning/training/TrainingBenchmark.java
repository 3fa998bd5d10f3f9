package dev.lethe.unlearning.training;

import dev.lethe.unlearning.data.EncodedRow;
import dev.lethe.unlearning.data.LearnedTokens;
import dev.lethe.unlearning.data.RowBatch;
import dev.lethe.unlearning.data.RowEncoding;
import dev.lethe.unlearning.data.Rows;
import dev.lethe.unlearning.lora.Adapter;
import dev.lethe.unlearning.lora.LoraSettings;
import dev.lethe.unlearning.model.BaseModel;
import dev.lethe.unlearning.model.Dropout;
import dev.lethe.unlearning.model.LanguageModel;
import dev.lethe.unlearning.objective.DataRole;
import dev.lethe.unlearning.objective.FineTuning;
import dev.lethe.unlearning.objective.KlMask;
import dev.lethe.unlearning.objective.Learner;
import dev.lethe.unlearning.objective.MicroBatch;
import dev.lethe.unlearning.objective.NegativePreference;
import dev.lethe.unlearning.objective.NpoReduction;
import dev.lethe.unlearning.objective.Objective;
import dev.lethe.unlearning.tensor.Device;
import dev.lethe.unlearning.tensor.Dtype;
import dev.lethe.unlearning.tensor.Threads;
import dev.lethe.unlearning.tokenizer.TextTokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Times LoRA training as {@code bench/peers/train_peft.py} times PEFT: the same rows, layout, objective and optimizer, one step
 * per micro-batch. Prints one JSON line.
 *
 * <p>Arguments: MODEL_DIR ROWS.jsonl npo|ce BATCH LENGTH STEPS THREADS RANK MASK(all|non-pad|answer) CHECKPOINTING(true|false)
 */
public final class TrainingBenchmark {
    private static final int WARMUP = 2;

    private TrainingBenchmark() {}

    /** Runs. */
    public static void main(String[] args) throws IOException {
        Path folder = Path.of(args[0]);
        int batch = Integer.parseInt(args[3]);
        int length = Integer.parseInt(args[4]);
        int steps = Integer.parseInt(args[5]);
        Threads.set(Integer.parseInt(args[6]));
        KlMask mask = KlMask.valueOf(args[8].toUpperCase(Locale.ROOT).replace('-', '_'));
        boolean npo = args[2].equals("npo");
        Objective objective = npo
                ? new NegativePreference(0.1, NpoReduction.BATCH_TOKEN_MEAN, mask, 0.4, 0.2, 0.4)
                : new FineTuning(LearnedTokens.ANSWER);
        try (TextTokenizer tokenizer = TextTokenizer.load(folder);
                BaseModel base = BaseModel.load(folder, Dtype.F32, Device.CPU);
                Adapter adapter = Adapter.init(
                                base.config(),
                                new LoraSettings(Integer.parseInt(args[7]), Integer.parseInt(args[7]), 0),
                                42,
                                Device.CPU,
                                "base")
                        .trainable()) {
            List<EncodedRow> rows = new RowEncoding(tokenizer, length).encode(Rows.read(Path.of(args[1])));
            LanguageModel model = new LanguageModel(base, adapter.modules());
            Learner learner =
                    new Learner(model, new LanguageModel(base), Boolean.parseBoolean(args[9]), _ -> Dropout.NONE);
            AdamW optimizer = new AdamW(adapter.parameters(), 0.01);
            List<Double> times = new ArrayList<>();
            double loss = 0;
            long tokens = 0;
            for (int step = 0; step < WARMUP + steps; step++) {
                RowBatch first = rows(rows, step * batch, batch, length, tokenizer.padId());
                RowBatch second = rows(rows, rows.size() / 2 + step * batch, batch, length, tokenizer.padId());
                MicroBatch micro = new MicroBatch(
                        npo ? Map.of(DataRole.FORGET, first, DataRole.RETAIN, second) : Map.of(DataRole.DATA, first));
                long start = System.nanoTime();
                loss = objective.accumulate(learner, micro, 1).total();
                optimizer.step(1e-4, 0);
                if (step >= WARMUP) {
                    times.add((System.nanoTime() - start) / 1e6);
                    tokens += first.tokenCount();
                }
            }
            Collections.sort(times);
            double median = times.get(times.size() / 2);
            double total = times.stream().mapToDouble(Double::doubleValue).sum();
            System.out.printf(
                    Locale.ROOT,
                    "{\"objective\": \"%s\", \"klMask\": \"%s\", \"lastLoss\": %.5f, \"msPerStep\": %.1f, "
                            + "\"tokensPerSecond\": %.1f, \"unpaddedTokensPerSecond\": %.1f, \"peakRssMiB\": %s}%n",
                    args[2],
                    args[8],
                    loss,
                    median,
                    batch * length * 1e3 / median,
                    tokens * 1e3 / total,
                    peakRss());
        }
    }

    private static RowBatch rows(List<EncodedRow> rows, int from, int batch, int length, int pad) {
        return new RowBatch(
                IntStream.range(from, from + batch)
                        .mapToObj(i -> rows.get(i % rows.size()))
                        .toList(),
                length,
                pad,
                true);
    }

    private static long peakRss() throws IOException {
        return Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("VmHWM"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024)
                .findAny()
                .orElse(0);
    }
}
