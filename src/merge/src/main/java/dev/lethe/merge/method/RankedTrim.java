package dev.lethe.merge.method;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Each element stays with a probability that grows with the rank of its magnitude in its row, from density − epsilon to
 * density + epsilon; among equal magnitudes the lower index ranks lower. What stays is divided by its probability where
 * {@code inverse} is set.
 *
 * @param width elements of a row
 */
record RankedTrim(Draws draws, double density, double epsilon, boolean inverse, long size, long width) implements Trim {
    static List<Trim> of(Group group, boolean inverse) {
        double[] density = group.options().numbers("density");
        double[] epsilon = group.options().numbers("epsilon");
        List<Trim> trims = new ArrayList<>();
        for (int i = 0; i < density.length; i++) {
            Draws draws = Draws.of(group.seed(), group.tensor(), i);
            Pieces pieces = group.pieces();
            trims.add(new RankedTrim(draws, density[i], epsilon[i], inverse, pieces.size(), pieces.width()));
        }
        return trims;
    }

    @Override
    public Cursor begin(Piece piece) {
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
            order[i] = ((long) Cut.key(block[row + i]) << Integer.SIZE) | i;
        }
        Arrays.sort(order);
        for (int rank = 0; rank < order.length; rank++) {
            int i = row + (int) order[rank];
            double share = order.length == 1 ? 0.5 : (double) rank / (order.length - 1);
            double probability = density - epsilon + share * 2 * epsilon;
            boolean stays = draws.uniform(first + (int) order[rank]) < probability;
            block[i] = stays ? (inverse ? (float) (block[i] / probability) : block[i]) : 0;
        }
    }

    /** Not known without the numbers: what is expected. */
    @Override
    public long kept() {
        return density >= 1 ? size : Math.round(density * size);
    }

    @Override
    public long ties() {
        return 0;
    }
}
