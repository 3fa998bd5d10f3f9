package dev.lethe.merge.method;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * MAGPRUNE of DELLA: each element stays with a probability that grows with the rank of its magnitude in its row, from
 * density − epsilon to density + epsilon; among equal magnitudes the lower index ranks lower. What stays is divided by
 * its probability where {@code inverse} is set.
 *
 * @param width elements of a row
 */
record MagpruneMask(CounterBasedRandom random, double density, double epsilon, boolean inverse, long size, long width)
        implements Mask {
    static List<Mask> of(TensorGroup group, boolean inverse) {
        double[] density = group.options().numbers("density");
        double[] epsilon = group.options().numbers("epsilon");
        List<Mask> masks = new ArrayList<>();
        for (int i = 0; i < density.length; i++) {
            CounterBasedRandom random = CounterBasedRandom.of(group.seed(), group.tensor(), i);
            Chunking chunking = group.chunking();
            masks.add(new MagpruneMask(random, density[i], epsilon[i], inverse, chunking.size(), chunking.width()));
        }
        return masks;
    }

    @Override
    public Cursor begin(Chunk chunk) {
        if (density >= 1) {
            return (first, block, count) -> {};
        }
        int columns = Math.toIntExact(width);
        long[] order = new long[columns];
        return (first, block, count) -> {
            for (int row = 0; row < count; row += columns) {
                trimRow(first + row, block, row, order);
            }
        };
    }

    private void trimRow(long first, float[] block, int row, long[] order) {
        for (int i = 0; i < order.length; i++) {
            order[i] = ((long) TopKMask.key(block[row + i]) << Integer.SIZE) | i;
        }
        Arrays.sort(order);
        for (int rank = 0; rank < order.length; rank++) {
            int i = row + (int) order[rank];
            double share = order.length == 1 ? 0.5 : (double) rank / (order.length - 1);
            double probability = density - epsilon + share * 2 * epsilon;
            boolean stays = random.uniform(first + (int) order[rank]) < probability;
            block[i] = stays ? (inverse ? (float) (block[i] / probability) : block[i]) : 0;
        }
    }

    /** The expected count: the exact one depends on the numbers. */
    @Override
    public long kept() {
        return density >= 1 ? size : Math.round(density * size);
    }

    @Override
    public long ties() {
        return 0;
    }
}
