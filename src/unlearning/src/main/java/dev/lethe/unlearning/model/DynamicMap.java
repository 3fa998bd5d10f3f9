package dev.lethe.unlearning.model;

import java.util.Arrays;

/**
 * The dynamic 8-bit type of Dettmers (2015, arXiv 1511.04561), signed: 256 numbers in [-1, 1] that lie the closer together the
 * smaller they are. As {@code create_dynamic_map} of bitsandbytes makes it.
 */
final class DynamicMap {

    private static final int EXPONENTS = 7;

    private DynamicMap() {}

    /** The numbers, ascending [256]. */
    static float[] values() {
        float[] values = new float[256];
        int filled = 0;
        for (int exponent = 0; exponent < EXPONENTS; exponent++) {
            float scale = (float) Math.pow(10, exponent - (EXPONENTS - 1));
            int fractions = 1 << exponent;
            for (int i = 0; i < fractions; i++) {
                float mean = (boundary(i, fractions) + boundary(i + 1, fractions)) / 2;
                values[filled++] = scale * mean;
                values[filled++] = -scale * mean;
            }
        }
        values[filled++] = 0;
        values[filled] = 1;
        Arrays.sort(values);
        return values;
    }

    /**
     * Number {@code i} of {@code fractions + 1} that divide [0.1, 1] evenly: counted from the nearer end and rounded once, as
     * torch's linspace does.
     */
    private static float boundary(int i, int fractions) {
        float step = (1 - 0.1f) / fractions;
        return i < (fractions + 1) / 2 ? Math.fma(step, i, 0.1f) : Math.fma(-step, fractions - i, 1);
    }
}
