package dev.lethe.merge.method;

import static dev.lethe.merge.method.Vectors.times;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.lethe.catalog.Semantics;
import dev.lethe.merge.safetensors.Dtype;
import dev.lethe.merge.safetensors.FloatBlocks;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.FloatRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** What holds without a reference. */
class MethodPropertiesTest {
    enum Storage {
        F32(Dtype.F32),
        F16(Dtype.F16),
        BF16(Dtype.BF16);

        private final Dtype dtype;

        Storage(Dtype dtype) {
            this.dtype = dtype;
        }
    }

    @Property(tries = 300)
    void keepsExactlyTheLargest(
            @ForAll @Size(min = 1, max = 200) List<@FloatRange(min = -9, max = 9) Float> list,
            @ForAll @DoubleRange(min = 0.01, max = 1) double density,
            @ForAll Storage storage) {
        float[] values = array(list, storage.dtype);
        Vectors vectors = Vectors.of("magnitude-prune", Semantics.PEFT).each("density", List.of(density));
        float[] merged = vectors.input(values).merge();
        long k = Math.min(values.length, (long) (density * values.length));
        assertThat(vectors.prepare().kept()).containsExactly(k);
        float smallestKept = Float.MAX_VALUE;
        float largestDropped = 0;
        long kept = 0;
        for (int i = 0; i < values.length; i++) {
            if (merged[i] == values[i] && values[i] != 0) {
                kept++;
                smallestKept = Math.min(smallestKept, Math.abs(values[i]));
            } else {
                assertThat(merged[i]).isZero();
                largestDropped = Math.max(largestDropped, Math.abs(values[i]));
            }
        }
        assertThat(kept).isLessThanOrEqualTo(k);
        assertThat(kept == k || largestDropped == 0).isTrue();
        assertThat(smallestKept).isGreaterThanOrEqualTo(largestDropped);
    }

    @Property(tries = 300)
    void mergesWithinTheAgreeingInputsWhateverTheirOrder(
            @ForAll @Size(20) List<@FloatRange(min = -9, max = 9) Float> first,
            @ForAll @Size(20) List<@FloatRange(min = -9, max = 9) Float> second,
            @ForAll @DoubleRange(min = 0.1, max = 1) double density,
            @ForAll @DoubleRange(min = 0.1, max = 3) double weight) {
        float[] a = array(first, Dtype.F32);
        float[] b = array(second, Dtype.F32);
        for (Semantics semantics : List.of(Semantics.LETHE, Semantics.PEFT)) {
            List<Double> weights = semantics == Semantics.PEFT ? List.of(1.0, 1.0) : List.of(weight, 2 * weight);
            float[] merged = ties(semantics, weights, density, a, b);
            assertThat(merged).containsExactly(ties(semantics, weights.reversed(), density, b, a));
            for (int i = 0; i < merged.length; i++) {
                float slack = 1e-5f;
                float low = Math.min(0, Math.min(a[i], b[i])) - slack;
                float high = Math.max(0, Math.max(a[i], b[i])) + slack;
                assertThat(merged[i]).isBetween(low, high);
            }
            assertThat(ties(semantics, List.of(1.0, 1.0), 1, a, a)).containsExactly(a);
            assertThat(ties(semantics, List.of(1.0), 1, a)).containsExactly(a);
        }
    }

    /** A power of two changes no bit of a normalised merge. */
    @Property(tries = 100)
    void weightsMayBeScaled(
            @ForAll @Size(20) List<@FloatRange(min = -9, max = 9) Float> first,
            @ForAll @Size(20) List<@FloatRange(min = -9, max = 9) Float> second,
            @ForAll @IntRange(min = -3, max = 3) int power) {
        float[] a = array(first, Dtype.F32);
        float[] b = array(second, Dtype.F32);
        double c = Math.pow(2, power);
        assertThat(ties(Semantics.LETHE, List.of(.3 * c, .7 * c), .6, a, b))
                .containsExactly(ties(Semantics.LETHE, List.of(.3, .7), .6, a, b));
    }

    /** Methods of lengths and angles: a model with itself is itself, and the ends of an arc are its ends. */
    @Property(tries = 100)
    void arcsKeepTheirEnds(
            @ForAll @Size(24) List<@FloatRange(min = -9, max = 9) Float> first,
            @ForAll @Size(24) List<@FloatRange(min = -9, max = 9) Float> second) {
        float[] a = array(first, Dtype.F32);
        float[] b = array(second, Dtype.F32);
        a[0] += 20; // not parallel, not zero
        b[1] += 20;
        assertThat(slerp(0, a, b)).containsExactly(a, within(1e-4f));
        assertThat(slerp(1, a, b)).containsExactly(b, within(1e-4f));
        assertThat(slerp(0.5, a, b)).containsExactly(slerp(0.5, b, a), within(1e-4f));
        for (String method : List.of("karcher", "multislerp", "linear")) {
            Vectors same = Vectors.of(method, Semantics.LETHE).input(a).input(a).input(a);
            same.each("weight", times(3, 1.0));
            assertThat(same.merge()).as(method).containsExactly(a, within(2e-4f));
        }
        Vectors stock =
                Vectors.of("model-stock", Semantics.LETHE).base(b).input(a).input(a);
        assertThat(stock.merge()).containsExactly(a, within(1e-4f));
    }

    private static float[] slerp(double t, float[] a, float[] b) {
        return Vectors.of("slerp", Semantics.LETHE)
                .with("t", t)
                .input(a)
                .input(b)
                .merge();
    }

    private static float[] ties(Semantics semantics, List<Double> weights, double density, float[]... inputs) {
        Vectors vectors = Vectors.of("ties", semantics).each("weight", weights);
        vectors.each("density", times(inputs.length, density));
        for (float[] input : inputs) {
            vectors.input(input);
        }
        return vectors.merge();
    }

    private static float[] array(List<Float> values, Dtype dtype) {
        float[] array = new float[values.size()];
        for (int i = 0; i < array.length; i++) {
            array[i] = FloatBlocks.round(dtype, values.get(i));
        }
        return array;
    }
}
