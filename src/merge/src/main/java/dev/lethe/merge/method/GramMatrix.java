package dev.lethe.merge.method;

import java.util.List;

/**
 * All dot products of some vectors, from which lengths and angles follow. In float64; blocks are added in their order,
 * and within a block eight sums run side by side.
 *
 * @param dots symmetric; {@code dots[i][i]} is the squared length of vector i
 */
@SuppressWarnings("ArrayRecordComponent")
record GramMatrix(double[][] dots) {
    private static final int LANES = 8;

    static GramMatrix of(TensorGroup group, Scan scan, boolean differences) {
        List<double[][]> parts = scan.over(group.chunking().chunks(), chunk -> ofChunk(group, chunk, differences));
        GramMatrix sum =
                new GramMatrix(new double[group.inputs().size()][group.inputs().size()]);
        parts.forEach(sum::add);
        return sum;
    }

    private static double[][] ofChunk(TensorGroup group, Chunk chunk, boolean differences) {
        AlignedBlocks blocks = new AlignedBlocks(group, chunk, Chunking.BLOCK);
        GramMatrix sum =
                new GramMatrix(new double[group.inputs().size()][group.inputs().size()]);
        for (long first = chunk.first(); first < chunk.end(); first += Chunking.BLOCK) {
            int count = (int) Math.min(Chunking.BLOCK, chunk.end() - first);
            if (differences) {
                blocks.read(first, count);
            } else {
                blocks.readValues(first, count);
            }
            sum.add(of(blocks.inputs(), 0, count).dots());
        }
        return sum.dots();
    }

    /** Of the elements [{@code from}, {@code to}) of some arrays. */
    static GramMatrix of(float[][] vectors, int from, int to) {
        double[][] dots = new double[vectors.length][vectors.length];
        for (int i = 0; i < vectors.length; i++) {
            for (int k = 0; k <= i; k++) {
                dots[i][k] = dot(vectors[i], vectors[k], from, to);
                dots[k][i] = dots[i][k];
            }
        }
        return new GramMatrix(dots);
    }

    /** Σ aⱼ·bⱼ over [{@code from}, {@code to}), in an order that depends on the length alone. */
    static double dot(float[] a, float[] b, int from, int to) {
        double[] sums = new double[LANES];
        int j = from;
        for (; j + LANES <= to; j += LANES) {
            for (int lane = 0; lane < LANES; lane++) {
                sums[lane] += (double) a[j + lane] * b[j + lane];
            }
        }
        for (; j < to; j++) {
            sums[0] += (double) a[j] * b[j];
        }
        double sum = 0;
        for (double part : sums) {
            sum += part;
        }
        return sum;
    }

    void add(double[][] other) {
        for (int i = 0; i < dots.length; i++) {
            for (int k = 0; k < dots.length; k++) {
                dots[i][k] += other[i][k];
            }
        }
    }

    int size() {
        return dots.length;
    }

    double norm(int i) {
        return Math.sqrt(dots[i][i]);
    }

    /** The dot product of two combinations of the vectors. */
    double dot(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            for (int k = 0; k < b.length; k++) {
                sum += a[i] * b[k] * dots[i][k];
            }
        }
        return sum;
    }

    /** The length of a combination; rounding below zero counts as zero. */
    double norm(double[] a) {
        return Math.sqrt(Math.max(0, dot(a, a)));
    }
}
