package dev.lethe.merge.method;

import dev.lethe.catalog.Semantics;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * {@code ties} as its authors published it: trimming over the whole model; of each task vector everything whose magnitude
 * is at least that of the (⌊density·n⌋ + 1)-th largest stays, equal magnitudes all; γ = sgn(Σ tᵢ), unweighted, and where
 * that is 0 the majority of the signs over the model, plus only if that is above 0; of what agrees the mean, the sum or the
 * largest; θ₀ + λ times that.
 *
 * <p>Source: github.com/prateeky2806/ties-merging (44e7891). The published notebook takes the density in percent.
 */
record PaperTies() implements WholeModelMethod {
    /** How the values that agree are combined. */
    enum Aggregate {
        MEAN,
        SUM,
        MAX
    }

    @Override
    public Signature signature() {
        return Signature.of("ties", Semantics.PAPER).passes(5);
    }

    @Override
    public MergeMethod fit(TensorGroup whole, Scan scan) {
        Chunking chunking = whole.chunking();
        double density = whole.options().number("density");
        long k = TopKMask.k(density, chunking.size(), false) + 1;
        long[] kept = new long[whole.inputs().size()];
        Arrays.fill(kept, k);
        int[] thresholds = TopKSelection.largest(ElementScores.differences(whole), chunking, scan, kept).stream()
                .mapToInt(TopKMask::threshold)
                .toArray();
        List<Mask> masks = masks(thresholds, chunking.size());
        long majority = scan.over(chunking.chunks(), chunk -> signs(whole, masks, chunk)).stream()
                .mapToLong(Long::longValue)
                .sum();
        return new Fitted(thresholds, majority > 0);
    }

    private static List<Mask> masks(int[] thresholds, long size) {
        return Arrays.stream(thresholds)
                .mapToObj(threshold -> (Mask) new TopKMask(threshold, new long[0], size, 0))
                .toList();
    }

    private static long signs(TensorGroup whole, List<Mask> masks, Chunk chunk) {
        long[] signs = {0};
        ElementwiseMerge sums =
                ElementwiseMerge.differences(whole, masks, capacity -> (base, inputs, count, merged) -> {
                    for (int j = 0; j < count; j++) {
                        signs[0] += (long) Math.signum(vote(inputs, j));
                    }
                    return 0;
                });
        sums.merge(chunk, (merged, count) -> {});
        return signs[0];
    }

    private static float vote(float[][] inputs, int j) {
        float vote = 0;
        for (float[] input : inputs) {
            vote += input[j];
        }
        return vote;
    }

    /**
     * @param thresholds for each input the key of the least magnitude that stays
     * @param plus the sign where votes cancel
     */
    @SuppressWarnings("ArrayRecordComponent")
    private record Fitted(int[] thresholds, boolean plus) implements MergeMethod {
        @Override
        public Signature signature() {
            return new PaperTies().signature();
        }

        @Override
        public PreparedMerge prepare(TensorGroup group, Scan scan) {
            float lambda = (float) group.options().number("lambda");
            Aggregate aggregate = group.options().constant("aggregate", Aggregate.class);
            List<Mask> masks = masks(thresholds, group.chunking().size());
            return ElementwiseMerge.differences(group, masks, capacity -> (base, inputs, count, merged) -> {
                float[] from = Objects.requireNonNull(base);
                long cancellations = 0;
                for (int j = 0; j < count; j++) {
                    int column = j;
                    float vote = vote(inputs, j);
                    boolean cancelled = vote == 0 && Stream.of(inputs).anyMatch(input -> input[column] != 0);
                    cancellations += cancelled ? 1 : 0;
                    merged[j] = from[j] + lambda * agreeing(inputs, j, vote == 0 ? plus : vote > 0, aggregate);
                }
                return cancellations;
            });
        }

        private static float agreeing(float[][] inputs, int j, boolean plus, Aggregate aggregate) {
            float sum = 0;
            float largest = 0;
            int count = 0;
            for (float[] input : inputs) {
                if (plus ? input[j] > 0 : input[j] < 0) {
                    sum += input[j];
                    largest = Math.max(largest, Math.abs(input[j]));
                    count++;
                }
            }
            return switch (aggregate) {
                case SUM -> sum;
                case MEAN -> sum / Math.max(1, count);
                case MAX -> plus ? largest : -largest;
            };
        }
    }
}
