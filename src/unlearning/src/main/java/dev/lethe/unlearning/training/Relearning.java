package dev.lethe.unlearning.training;

import dev.lethe.catalog.DataRole;
import dev.lethe.catalog.Settings;
import dev.lethe.unlearning.data.EncodedRow;
import dev.lethe.unlearning.data.EpochOrder;
import dev.lethe.unlearning.data.LossMask;
import dev.lethe.unlearning.data.RowBatch;
import dev.lethe.unlearning.lora.Adapter;
import dev.lethe.unlearning.lora.LoraSettings;
import dev.lethe.unlearning.model.Dropout;
import dev.lethe.unlearning.model.LanguageModel;
import dev.lethe.unlearning.model.LoraFactors;
import dev.lethe.unlearning.model.PassLimits;
import dev.lethe.unlearning.objective.FineTuning;
import dev.lethe.unlearning.objective.MicroBatch;
import dev.lethe.unlearning.objective.Objective;
import dev.lethe.unlearning.objective.ReferenceModel;
import dev.lethe.unlearning.objective.Terms;
import dev.lethe.unlearning.objective.TrainingModels;
import dev.lethe.unlearning.tensor.NoGrad;
import dev.lethe.unlearning.tensor.Scope;
import dev.lethe.unlearning.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The relearning attack (Hu et al. 2024, arXiv 2406.13356): a few steps of fine-tuning on some of the rows that a model was
 * to forget. A new adapter is trained on top of the model, whose own weights stay.
 *
 * @param steps of AdamW, without warm-up or decay
 * @param batchSize rows of one step; all of them where there are fewer
 * @param learningRate of every step
 * @param seed of the adapter's start and the order of the rows
 */
public record Relearning(int steps, int batchSize, double learningRate, long seed) {
    static final LoraSettings LORA = new LoraSettings(16, 32, 0);

    private static final Objective LOSS = new FineTuning(LossMask.ANSWER);
    private static final double MAX_GRAD_NORM = 1;
    private static final int ROWS_PER_STEP = 8;

    /** The attack of suite {@code relearn}, by its options. */
    public static Relearning of(Settings options, long seed) {
        return new Relearning(options.whole("steps"), ROWS_PER_STEP, options.number("learningRate"), seed);
    }

    /**
     * Attacks a model.
     *
     * @param rows at least one
     * @param stepped run after every step
     * @return the updates of the attacked model: its own and those learned, whose memory is the caller's to free
     */
    public Map<String, LoraFactors> attack(LanguageModel model, List<EncodedRow> rows, int padId, Runnable stepped) {
        try (Scope _ = new Scope();
                Adapter learned = begin(model)) {
            learn(learned.trainable(), model, rows, padId, stepped);
            return owned(sum(model.updates(), learned.modules()));
        }
    }

    /** An adapter that changes nothing yet, of the shape that an attack has. */
    Adapter begin(LanguageModel model) {
        return Adapter.init(model.config(), LORA, seed, model.base().device(), "");
    }

    /** Trains an adapter on top of the model, which stays as it is. */
    void learn(Adapter learned, LanguageModel model, List<EncodedRow> rows, int padId, Runnable stepped) {
        try (Scope _ = new Scope()) {
            AdamW optimizer = new AdamW(learned.parameters(), 0);
            FittingPasses passes = new FittingPasses(learned.parameters().values(), PassLimits.of(true), _ -> {});
            for (int step = 0; step < steps; step++) {
                MicroBatch batch = new MicroBatch(Map.of(DataRole.DATA, batch(rows, step, padId)));
                var unused = passes.gather(
                        "relearning: step " + (step + 1),
                        List.of(batch),
                        limits -> gradients(learned, model, batch, limits));
                optimizer.step(learningRate, MAX_GRAD_NORM);
                stepped.run();
            }
        }
    }

    private static Terms gradients(Adapter learned, LanguageModel model, MicroBatch batch, PassLimits limits) {
        // The sum of both updates is part of the step's graph.
        try (Scope scope = new Scope()) {
            TrainingModels models = new TrainingModels(
                    under(model, learned), new ReferenceModel(model, false), limits, _ -> Dropout.NONE);
            return LOSS.accumulate(models, batch, 1).keptBy(scope);
        }
    }

    /** The model with the update of an attack beside its own, through both of which gradients flow. */
    static LanguageModel under(LanguageModel model, Adapter attack) {
        return new LanguageModel(model.base(), sum(model.updates(), attack.modules()));
    }

    /** The next rows of an order that begins anew, in another one, when all had their turn. */
    private RowBatch batch(List<EncodedRow> rows, int step, int padId) {
        int count = Math.min(batchSize, rows.size());
        int[] turns = new EpochOrder(seed, true).epochs((long) step * count, count, rows.size());
        List<EncodedRow> chosen = Arrays.stream(turns).mapToObj(rows::get).toList();
        int longest = chosen.stream().mapToInt(EncodedRow::length).max().orElseThrow();
        return new RowBatch(chosen, longest, padId, 0);
    }

    private static Map<String, LoraFactors> sum(Map<String, LoraFactors> own, Map<String, LoraFactors> learned) {
        SortedMap<String, LoraFactors> sum = new TreeMap<>(learned);
        own.forEach((module, update) -> sum.merge(module, update, (it, before) -> before.plus(it)));
        return sum;
    }

    private static Map<String, LoraFactors> owned(Map<String, LoraFactors> updates) {
        SortedMap<String, LoraFactors> owned = new TreeMap<>();
        try (NoGrad _ = new NoGrad()) {
            updates.forEach((module, it) -> owned.put(module, new LoraFactors(copy(it.a()), copy(it.b()), it.scale())));
        }
        return owned;
    }

    private static Tensor copy(Tensor factor) {
        return factor.detach().copy().owned();
    }
}
