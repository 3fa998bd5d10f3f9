package dev.lethe.merge.method;

import java.util.ArrayList;
import java.util.List;

/**
 * Scales what a mask keeps, so that the sum of magnitudes stays the same: mergekit's {@code rescale}. Sums in float64,
 * blocks in order; sums below 1e-7 are left alone.
 */
record L1Rescale(Mask mask, float factor) implements Mask {
    private static final double TINY = 1e-7;

    static List<Mask> of(TensorGroup group, Scan scan, List<? extends Mask> masks, int blockSize) {
        List<double[]> sums = scan.over(group.chunking().chunks(), chunk -> sums(group, masks, chunk, blockSize));
        List<Mask> rescaled = new ArrayList<>();
        for (int i = 0; i < masks.size(); i++) {
            double before = 0;
            double after = 0;
            for (double[] chunk : sums) {
                before += chunk[2 * i];
                after += chunk[2 * i + 1];
            }
            float factor = before < TINY || after < TINY ? 1 : (float) (before / after);
            rescaled.add(new L1Rescale(masks.get(i), factor));
        }
        return rescaled;
    }

    private static double[] sums(TensorGroup group, List<? extends Mask> masks, Chunk chunk, int blockSize) {
        double[] sums = new double[2 * masks.size()];
        AlignedBlocks blocks = new AlignedBlocks(group, chunk, blockSize);
        List<Cursor> cursors = new ArrayList<>();
        masks.forEach(mask -> cursors.add(mask.begin(chunk)));
        for (long first = chunk.first(); first < chunk.end(); first += blockSize) {
            int count = (int) Math.min(blockSize, chunk.end() - first);
            float[][] inputs = blocks.read(first, count);
            for (int i = 0; i < inputs.length; i++) {
                sums[2 * i] += magnitude(inputs[i], count);
                cursors.get(i).apply(first, inputs[i], count);
                sums[2 * i + 1] += magnitude(inputs[i], count);
            }
        }
        return sums;
    }

    private static double magnitude(float[] block, int count) {
        double sum = 0;
        for (int i = 0; i < count; i++) {
            sum += Math.abs(block[i]);
        }
        return sum;
    }

    @Override
    public Cursor begin(Chunk chunk) {
        Cursor cursor = mask.begin(chunk);
        return (first, block, count) -> {
            cursor.apply(first, block, count);
            for (int i = 0; i < count; i++) {
                block[i] *= factor;
            }
        };
    }

    @Override
    public long kept() {
        return mask.kept();
    }

    @Override
    public long ties() {
        return mask.ties();
    }
}
