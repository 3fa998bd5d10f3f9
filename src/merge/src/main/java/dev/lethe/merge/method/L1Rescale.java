package dev.lethe.merge.method;

import java.util.ArrayList;
import java.util.List;

/**
 * What a trim keeps, scaled so that the sum of magnitudes is what it was: mergekit's {@code rescale}. Sums in float64,
 * blocks in order; sums below 1e-7 are left alone.
 */
record L1Rescale(Trim trim, float factor) implements Trim {
    private static final double TINY = 1e-7;

    static List<Trim> of(Group group, Sweep sweep, List<? extends Trim> trims, int blockSize) {
        List<double[]> sums = sweep.over(group.pieces().all(), piece -> sums(group, trims, piece, blockSize));
        List<Trim> rescaled = new ArrayList<>();
        for (int i = 0; i < trims.size(); i++) {
            double before = 0;
            double after = 0;
            for (double[] piece : sums) {
                before += piece[2 * i];
                after += piece[2 * i + 1];
            }
            float factor = before < TINY || after < TINY ? 1 : (float) (before / after);
            rescaled.add(new L1Rescale(trims.get(i), factor));
        }
        return rescaled;
    }

    private static double[] sums(Group group, List<? extends Trim> trims, Piece piece, int blockSize) {
        double[] sums = new double[2 * trims.size()];
        AlignedBlocks blocks = new AlignedBlocks(group, piece, blockSize);
        List<Cursor> cursors = new ArrayList<>();
        trims.forEach(trim -> cursors.add(trim.begin(piece)));
        for (long first = piece.first(); first < piece.end(); first += blockSize) {
            int count = (int) Math.min(blockSize, piece.end() - first);
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
    public Cursor begin(Piece piece) {
        Cursor cursor = trim.begin(piece);
        return (first, block, count) -> {
            cursor.apply(first, block, count);
            for (int i = 0; i < count; i++) {
                block[i] *= factor;
            }
        };
    }

    @Override
    public long kept() {
        return trim.kept();
    }

    @Override
    public long ties() {
        return trim.ties();
    }
}
