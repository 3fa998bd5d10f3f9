package dev.lethe.unlearning.training;

import dev.lethe.unlearning.lora.LoraSettings;
import dev.lethe.unlearning.model.ChunkedLogits;
import dev.lethe.unlearning.model.ModelConfig;
import dev.lethe.unlearning.model.WeightFormat;
import dev.lethe.unlearning.tensor.Dtype;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * The bytes that a training takes of its device at most, by what they are for: a function of the model's shape and the settings,
 * known before a weight is read.
 *
 * @param base the frozen weights as they are held
 * @param trained what is trained, each number with its gradient and AdamW's two moments, and the same of simulated attacks
 * @param activations what the layers keep for the backward pass, and what the layer at work makes
 * @param logits the scores of the positions that are looked at at once, and what a loss makes of them
 * @param expanded the weights of the layer at work as they are computed with, where they are held in another form
 */
public record MemoryPlan(long base, long trained, long activations, long logits, long expanded) {
    private static final long F32 = Float.BYTES;

    /** A number, its gradient and two moments. */
    private static final long TRAINED = 4 * F32;

    /**
     * @param dtype type to compute in
     * @param format how the base is held
     * @param lora the adapter; empty trains a copy of every weight
     */
    public static MemoryPlan of(
            ModelConfig model,
            Dtype dtype,
            WeightFormat format,
            Optional<LoraSettings> lora,
            TrainingSettings settings) {
        boolean expands = format.differsFrom(dtype);
        long tokens = (long) Math.max(settings.batchSize(), settings.retainBatchSize()) * settings.maxLength();
        Layer layer = Layer.of(model, dtype, lora, settings.maxLength());
        long input = (long) dtype.bytes() * model.hiddenSize();
        long kept = settings.gradientCheckpointing() || expands ? input : layer.kept;
        long measured = settings.until().isPresent() ? (long) ClosedLoop.ROWS_AT_ONCE * settings.maxLength() : 0;
        long training = tokens * (model.layers() * kept + input + layer.working);
        return new MemoryPlan(
                base(model, dtype, format),
                trained(model, lora, settings),
                Math.max(training, measured * (input + layer.working)),
                logits(model, dtype, lora.isEmpty() ? tokens : Math.min(tokens, ChunkedLogits.CHUNK)),
                expands ? linear(model, dtype, WeightFormat.COMPUTED) / model.layers() : 0);
    }

    public long total() {
        return base + trained + activations + logits + expanded;
    }

    /** {@code 6.9 GiB (base 3.6, trained 1.3, activations 0.4, logits 0.9, expanded 0.4)}. */
    @Override
    public String toString() {
        return "%s (base %s, trained %s, activations %s, logits %s, expanded %s)"
                .formatted(
                        bytes(total()),
                        inUnitOf(total(), base),
                        inUnitOf(total(), trained),
                        inUnitOf(total(), activations),
                        inUnitOf(total(), logits),
                        inUnitOf(total(), expanded));
    }

    /** {@code 6.9 GiB}, or MiB below one. */
    public static String bytes(long bytes) {
        return inUnitOf(bytes, bytes) + (bytes < 1L << 30 ? " MiB" : " GiB");
    }

    private static String inUnitOf(long whole, long bytes) {
        return String.format(Locale.ROOT, "%.1f", Math.scalb((double) bytes, whole < 1L << 30 ? -20 : -30));
    }

    private static long base(ModelConfig model, Dtype dtype, WeightFormat format) {
        long all = model.weightShapes().values().stream()
                .mapToLong(MemoryPlan::count)
                .sum();
        long linear = model.linearModules().values().stream()
                .mapToLong(MemoryPlan::count)
                .sum();
        return (all - linear) * dtype.bytes() + linear(model, dtype, format);
    }

    private static long linear(ModelConfig model, Dtype dtype, WeightFormat format) {
        return model.linearModules().values().stream()
                .mapToLong(shape -> format.bytes(shape[0], shape[1], dtype))
                .sum();
    }

    private static long trained(ModelConfig model, Optional<LoraSettings> lora, TrainingSettings settings) {
        long own = lora.map(it -> it.rank() * perRank(model)).orElseGet(() -> model.weightShapes().values().stream()
                .mapToLong(MemoryPlan::count)
                .sum());
        if (settings.until().filter(it -> it.attacks() > 0).isEmpty()) {
            return own * TRAINED;
        }
        // What the last attack learned, the one that learns, and the sum of its update and that of the model.
        long attack = Relearning.LORA.rank() * perRank(model);
        return own * TRAINED + attack * (F32 + TRAINED) + (own + attack) * F32;
    }

    /** Numbers of an adapter of rank 1. */
    private static long perRank(ModelConfig model) {
        return model.linearModules().values().stream()
                .mapToLong(shape -> shape[0] + shape[1])
                .sum();
    }

    /** Of two models, as a divergence compares them: both logits, f32 copies, log-probabilities, products and gradients. */
    private static long logits(ModelConfig model, Dtype dtype, long positions) {
        return positions * model.vocabSize() * (3L * dtype.bytes() + 11 * F32);
    }

    private static long count(long[] shape) {
        return Arrays.stream(shape).reduce(1, Math::multiplyExact);
    }

    /**
     * Bytes of a token in one layer.
     *
     * @param kept what the gradient graph keeps
     * @param working what there is while it is computed, forward or backward
     */
    private record Layer(long kept, long working) {
        static Layer of(ModelConfig model, Dtype dtype, Optional<LoraSettings> lora, int length) {
            long type = dtype.bytes();
            long hidden = model.hiddenSize();
            long inner = model.intermediateSize();
            long queries = (long) model.heads() * model.headDim();
            long keys = (long) model.kvHeads() * model.headDim();
            // Adapters read, in f32, what goes into queries, keys and values; out of attention; into and out of the
            // feed-forward block; with a byte of the dropout mask each.
            long read = 2 * hidden + queries + inner;
            boolean drops = lora.filter(it -> it.dropout() > 0).isPresent();
            long adapters = read * (F32 + (drops ? 1 : 0))
                    + 7L * lora.map(LoraSettings::rank).orElse(0) * F32;
            // Norms compute in f32.
            long norms = dtype == Dtype.F32 ? 0 : 2 * hidden * F32;
            // Both sums of the residual stream; rotated queries and keys, values, what attention gives, keys and values
            // once more where heads that share them are spread, and the weights of attention; gate, its activation, up.
            long states = type * (2 * hidden + 4 * queries + 2 * keys + (long) model.heads() * length + 3 * inner);
            long kept = adapters + norms + states;
            // As much again for gradients, and the f32 sums of each projection and its adapter.
            long sums = F32 * (2 * hidden + queries + 2 * keys + 2 * inner);
            return new Layer(kept, 2 * kept + sums);
        }
    }
}
