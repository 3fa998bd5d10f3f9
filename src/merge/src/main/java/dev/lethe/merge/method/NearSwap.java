package dev.lethe.merge.method;

import dev.lethe.catalog.Semantics;
import java.util.Objects;

/**
 * {@code nearswap}: a + (b − a)·clip(t / max(|a − b|, 1e-6), 0, 1), where a is the base: it moves to the other model where
 * the two are near.
 *
 * <p>Source: alchemonaut's QuartetAnemoi-70B, in mergekit's form w·b + (1 − w)·a, each step rounded to the working type.
 */
record NearSwap() implements MergeMethod {
    private static final float NEAREST = 1e-6f;

    @Override
    public Signature signature() {
        return Signature.of("nearswap", Semantics.LETHE);
    }

    @Override
    public PreparedMerge prepare(TensorGroup group, Scan scan) {
        float t = (float) group.options().number("t");
        Rounding rounding = Rounding.of(group);
        float nearest = rounding.of(NEAREST);
        return ElementwiseMerge.values(group, capacity -> {
            float[] share = new float[capacity];
            return (base, inputs, count, merged) -> {
                float[] a = Objects.requireNonNull(base);
                float[] b = inputs[0];
                share(a, b, t, nearest, rounding, count, share);
                for (int j = 0; j < count; j++) {
                    merged[j] = share[j] * b[j];
                    share[j] = 1 - share[j];
                }
                rounding.apply(merged, count);
                rounding.apply(share, count);
                for (int j = 0; j < count; j++) {
                    share[j] *= a[j];
                }
                rounding.apply(share, count);
                rounding.addBase(merged, share, count);
                System.arraycopy(share, 0, merged, 0, count);
                return 0;
            };
        });
    }

    /** clip(t · (1 / max(|a − b|, nearest)), 0, 1): PyTorch divides a number by a tensor through the reciprocal. */
    private static void share(
            float[] a, float[] b, float t, float nearest, Rounding rounding, int count, float[] share) {
        for (int j = 0; j < count; j++) {
            share[j] = a[j] - b[j];
        }
        rounding.apply(share, count);
        for (int j = 0; j < count; j++) {
            share[j] = 1 / Math.max(Math.abs(share[j]), nearest);
        }
        rounding.apply(share, count);
        rounding.scale(share, t, count);
        for (int j = 0; j < count; j++) {
            share[j] = Math.clamp(share[j], 0f, 1f);
        }
    }
}
