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
record RandomMask(CounterBasedRandom random, double density, float scale, long size) implements Mask {
    /** @param inverse whether what stays is divided by the density, which keeps the expected value */
    static List<Mask> of(TensorGroup group, boolean inverse) {
        double[] density = group.options().numbers("density");
        List<Mask> masks = new ArrayList<>();
        for (int i = 0; i < density.length; i++) {
            float scale = inverse && density[i] > 0 ? (float) (1 / density[i]) : 1;
            CounterBasedRandom random = CounterBasedRandom.of(group.seed(), group.tensor(), i);
            masks.add(new RandomMask(random, density[i], scale, group.chunking().size()));
        }
        return masks;
    }

    @Override
    public Cursor begin(Chunk chunk) {
        if (density >= 1) {
            return (first, block, count) -> {};
        }
        return (first, block, count) -> {
            for (int i = 0; i < count; i++) {
                block[i] = random.uniform(first + i) < density ? block[i] * scale : 0;
            }
        };
    }

    /** Counted again: what stays does not depend on the tensor's numbers. */
    @Override
    public long kept() {
        if (density >= 1) {
            return size;
        }
        long kept = 0;
        for (long element = 0; element < size; element++) {
            kept += random.uniform(element) < density ? 1 : 0;
        }
        return kept;
    }

    @Override
    public long ties() {
        return 0;
    }
}
