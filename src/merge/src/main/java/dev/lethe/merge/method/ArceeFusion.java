package dev.lethe.merge.method;

import dev.lethe.catalog.Semantics;
import java.util.List;
import java.util.Objects;

/**
 * {@code arcee-fusion}: the importance of an element is |θ₁ − θ₀|·KL(softmax(row of θ₁) ‖ softmax(row of θ₀)); elements
 * whose importance is at least median + 1.5·(Q₃ − Q₁) are taken from θ₁, the others from the base. The quantiles are those
 * of all elements, exact, where mergekit takes them from a random million.
 *
 * <p>Source: Arcee AI; as in mergekit 0.1.5.
 */
record ArceeFusion() implements MergeMethod {
    private static final double[] QUANTILES = {0.25, 0.5, 0.75};
    private static final double WHISKER = 1.5;
    private static final double EPS = 1e-8;

    @Override
    public Signature signature() {
        return Signature.of("arcee-fusion", Semantics.LETHE).passes(7).rows();
    }

    @Override
    public PreparedMerge prepare(TensorGroup group, Scan scan) {
        float threshold = threshold(group, scan);
        int block = group.chunking().rowBlock();
        int width = Math.toIntExact(group.chunking().width());
        return new ElementwiseMerge(group, false, ElementwiseMerge.unmasked(group), block, capacity -> {
            float[] importance = new float[capacity];
            double[] scratch = new double[2 * width];
            return (base, inputs, count, merged) -> {
                float[] from = Objects.requireNonNull(base);
                importance(from, inputs[0], count, width, scratch, importance);
                for (int j = 0; j < count; j++) {
                    merged[j] = importance[j] >= threshold ? from[j] + (inputs[0][j] - from[j]) : from[j];
                }
                return 0;
            };
        });
    }

    /** The value at ascending position ⌊q·(n−1)⌋ is the magnitude at which n − position elements are the largest. */
    private static float threshold(TensorGroup group, Scan scan) {
        long size = group.chunking().size();
        if (size < 2) {
            return 0;
        }
        float[] values = new float[QUANTILES.length];
        for (int i = 0; i < QUANTILES.length; i++) {
            long position = (long) ((float) QUANTILES[i] * (size - 1));
            long[] k = {size - position};
            List<TopKMask> mask = TopKSelection.largest(new Importance(group), group.chunking(), scan, k);
            values[i] = position == 0
                    ? smallest(group, scan)
                    : Float.intBitsToFloat(mask.getFirst().threshold());
        }
        return (float) (values[1] + WHISKER * (values[2] - values[0]));
    }

    /** Of at most four elements the lower quartile is the smallest; a selection of all has no threshold. */
    private static float smallest(TensorGroup group, Scan scan) {
        return scan.over(group.chunking().chunks(), chunk -> {
                    float[] row = new Importance(group).open(chunk).read(chunk.first(), (int) chunk.size())[0];
                    float least = Float.MAX_VALUE;
                    for (int j = 0; j < chunk.size(); j++) {
                        least = Math.min(least, row[j]);
                    }
                    return least;
                })
                .getFirst();
    }

    private static void importance(
            float[] base, float[] input, int count, int width, double[] scratch, float[] importance) {
        for (int row = 0; row < count; row += width) {
            double divergence = Math.max(0, divergence(base, input, row, width, scratch));
            for (int j = row; j < row + width; j++) {
                importance[j] = (float) (Math.abs(input[j] - base[j]) * divergence);
            }
        }
    }

    /** Σ p·ln(p/q) with p = softmax(input row) + ε, q = softmax(base row) + ε. */
    private static double divergence(float[] base, float[] input, int row, int width, double[] scratch) {
        double sumP = exponentials(input, row, width, scratch, 0);
        double sumQ = exponentials(base, row, width, scratch, width);
        double divergence = 0;
        for (int j = 0; j < width; j++) {
            double p = scratch[j] / sumP + EPS;
            double q = scratch[width + j] / sumQ + EPS;
            divergence += p * Math.log(p / q);
        }
        return divergence;
    }

    private static double exponentials(float[] values, int row, int width, double[] scratch, int at) {
        double max = Double.NEGATIVE_INFINITY;
        for (int j = 0; j < width; j++) {
            max = Math.max(max, values[row + j]);
        }
        double sum = 0;
        for (int j = 0; j < width; j++) {
            scratch[at + j] = Math.exp(values[row + j] - max);
            sum += scratch[at + j];
        }
        return sum;
    }

    /** The importance of each element; blocks of any length, rows read whole. */
    private record Importance(TensorGroup group) implements ElementScores {
        @Override
        public int rows() {
            return 1;
        }

        @Override
        public Reader open(Chunk chunk) {
            int width = Math.toIntExact(group.chunking().width());
            int capacity = Math.addExact(Chunking.BLOCK, 2 * width);
            AlignedBlocks blocks = new AlignedBlocks(group, chunk, capacity);
            float[][] importance = new float[1][capacity];
            double[] scratch = new double[2 * width];
            return (first, count) -> {
                long begin = first / width * width;
                int length = Math.toIntExact(Math.ceilDiv(first + count, (long) width) * width - begin);
                blocks.readValues(begin, length);
                float[] base = Objects.requireNonNull(blocks.base());
                importance(base, blocks.inputs()[0], length, width, scratch, importance[0]);
                System.arraycopy(importance[0], (int) (first - begin), importance[0], 0, count);
                return importance;
            };
        }
    }
}
