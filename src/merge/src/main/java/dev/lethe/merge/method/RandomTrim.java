package dev.lethe.merge.method;

import java.util.ArrayList;
import java.util.List;

/**
 * Each element stays with the same probability and is then scaled.
 *
 * @param density the probability
 * @param scale of what stays
 * @param size elements of the tensor
 */
record RandomTrim(Draws draws, double density, float scale, long size) implements Trim {
    /** @param inverse whether what stays is divided by the density, which keeps the expected value */
    static List<Trim> of(Group group, boolean inverse) {
        double[] density = group.options().numbers("density");
        List<Trim> trims = new ArrayList<>();
        for (int i = 0; i < density.length; i++) {
            float scale = inverse && density[i] > 0 ? (float) (1 / density[i]) : 1;
            Draws draws = Draws.of(group.seed(), group.tensor(), i);
            trims.add(new RandomTrim(draws, density[i], scale, group.pieces().size()));
        }
        return trims;
    }

    @Override
    public Cursor begin(Piece piece) {
        if (density >= 1) {
            return (first, block, count) -> {};
        }
        return (first, block, count) -> {
            for (int i = 0; i < count; i++) {
                block[i] = draws.uniform(first + i) < density ? block[i] * scale : 0;
            }
        };
    }

    /** Counted anew: the draws do not depend on the numbers. */
    @Override
    public long kept() {
        if (density >= 1) {
            return size;
        }
        long kept = 0;
        for (long element = 0; element < size; element++) {
            kept += draws.uniform(element) < density ? 1 : 0;
        }
        return kept;
    }

    @Override
    public long ties() {
        return 0;
    }
}
