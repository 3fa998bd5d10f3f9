package dev.lethe.weights.merge;

import static dev.lethe.weights.merge.Merging.numbers;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.lethe.weights.InvalidInput;
import dev.lethe.weights.safetensors.Dtype;
import dev.lethe.weights.safetensors.FloatBlocks;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.FloatRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Golden numbers that PEFT gives, and properties that hold without a reference. */
class MergeMethodTest {
    private static final float[] A = numbers("9, −8, 1, 5, −0.5, 0.25, −7, 3, −2, 4");
    private static final float[] B = numbers("−3, −6, 9, 8, 0.125, −0.75, 2, −4, 0.5, −10");

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            ties            | 0.4 | TOTAL     | 1 1       | 9, −7, 9, 6.5, 0, 0, −7, 0, 0, −10
            ties            | 0.4 | FREQUENCY | 1 1       | 9, −7, 9, 6.5, 0, 0, −7, 0, 0, −10
            ties            | 0.4 | TOTAL     | 0.75 0.25 | 6.75, −3.75, 2.25, 2.875, 0, 0, −5.25, 0, 0, −2.5
            magnitude_prune | 0.4 |           | 0.75 0.25 | 6.75, −7.5, 2.25, 5.75, 0, 0, −5.25, 0, 0, −2.5
            ties            | 0.8 | TOTAL     | 1 1       | 9, −7, 5, 6.5, 0, −0.75, −7, −4, −2, −10
            ties            | 0.8 | FREQUENCY | 1 1       | 9, −7, 5, 6.5, 0, −0.75, 2, 3, −2, 4
            ties            | 0.8 | TOTAL     | 0.75 0.25 | 6.75, −3.75, 1.5, 2.875, 0, −0.1875, −5.25, −1, −1.5, −2.5
            linear          |     |           | 0.75 0.25 | 6, −7.5, 3, 5.75, −0.34375, 0, −4.75, 1.25, −1.375, 0.5
            """)
    void givesTheGoldenNumbers(String method, Double density, MajoritySign sign, String weights, String expected) {
        float[] w = numbers(weights);
        MergeMethod merge = MergeMethod.of(new MergeSettings(method, density, sign, null));
        assertThat(Merging.merge(merge, List.of(w[0], w[1]), A, B)).containsExactly(numbers(expected));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            0.8 | TOTAL     | 1 1 | 0.7, 0.3, 0.5, 0.9, 0
            1   | TOTAL     | 1 1 | 0.7, 0.3, 0.5, 0.9, 0.1
            0.8 | FREQUENCY | 1 1 | 0.7, 0.3, 0.5, 0.9, 0
            0.8 | TOTAL     | 2 1 | 1.2, 0.3, 1.0, 0.9, 0
            """)
    void givesTheNumbersOfThePublishedRecipe(double density, MajoritySign sign, String weights, String expected) {
        float[] w = numbers(weights);
        MergeMethod ties = MergeMethod.of(new MergeSettings("ties", density, sign, null));
        float[] a = numbers("1, −0.2, 0.5, −0.6, 0.1");
        float[] b = numbers("0.4, 0.3, −0.5, 0.9, −0.05");
        assertThat(Merging.merge(ties, List.of(w[0], w[1]), a, b)).containsExactly(numbers(expected), within(1e-6f));
    }

    @Test
    void electsPlusWhereVotesCancel() {
        float[][] three = {numbers("3 −2 −2 1 0 −4"), numbers("−1 −3 −1 1 0 2"), numbers("−2 5 3 −2 0 2")};
        List<Float> ones = List.of(1f, 1f, 1f);
        assertThat(Merging.merge(ties(1, MajoritySign.TOTAL), ones, three)).containsExactly(numbers("3 5 3 1 0 2"));
        assertThat(Merging.merge(ties(1, MajoritySign.FREQUENCY), ones, three))
                .containsExactly(numbers("−1.5 −2.5 −1.5 1 0 2"));
        float[][] two = {numbers(".5 .5 −.5 .25"), numbers("−.5 .5 .5 −.25")};
        TensorMerge merge = Merging.prepare(ties(1, MajoritySign.TOTAL), Dtype.F32, ones, two);
        float[] merged = new float[4];
        assertThat(merge.merge(0, 4, merged)).isEqualTo(3);
        assertThat(merged).containsExactly(numbers(".5 .5 .5 .25"));
    }

    @Test
    void negativeWeightsSubtract() {
        float[] merged = Merging.merge(
                ties(1, MajoritySign.TOTAL), List.of(1f, -1f), numbers(".5 .4 −.3 .2"), numbers(".5 −.4 −.1 .3"));
        assertThat(merged).containsExactly(numbers("0 .4 −.1 −.05"), within(1e-7f));
    }

    @ParameterizedTest
    @CsvSource({"100, .29, 28", "100, .57, 56", "7, .5, 3", "3, .7, 2", "10, .3, 3", "3, .3, 0", "5, 1, 5"})
    void keepsAsManyAsTheReferences(int size, double density, long kept) {
        float[] values = new float[size];
        for (int i = 0; i < size; i++) {
            values[i] = i + 1;
        }
        TensorMerge merge = Merging.prepare(ties(density, MajoritySign.TOTAL), Dtype.F32, List.of(1f), values);
        assertThat(merge.kept()).containsExactly(kept);
        float[] merged = Merging.blocks(merge, size);
        for (int i = 0; i < size; i++) {
            assertThat(merged[i]).isEqualTo(i < size - kept ? 0 : i + 1);
        }
    }

    @Test
    void keepsTiesOfTheLowestIndexAlsoAcrossBlocks() {
        TensorMerge small =
                Merging.prepare(ties(.5, MajoritySign.TOTAL), Dtype.BF16, List.of(1f), numbers("2 1 1 1 1 1 3 1"));
        assertThat(Merging.blocks(small, 8)).containsExactly(numbers("2 1 1 0 0 0 3 0"));
        assertThat(small.ties()).containsExactly(6L);
        int size = 3 * TensorMerge.BLOCK;
        float[] ones = new float[size];
        Arrays.fill(ones, -1);
        ones[size - 1] = 5;
        TensorMerge large = Merging.prepare(ties(.5, MajoritySign.TOTAL), Dtype.F16, List.of(1f), ones);
        float[] merged = Merging.blocks(large, size);
        for (int i = 0; i < size; i++) {
            assertThat(merged[i]).isEqualTo(i < size / 2 - 1 ? -1 : i == size - 1 ? 5 : 0);
        }
    }

    @Property(tries = 300)
    void keepsExactlyTheLargest(
            @ForAll @Size(min = 1, max = 200) List<@FloatRange(min = -9, max = 9) Float> list,
            @ForAll @DoubleRange(min = 0.01, max = 1) double density,
            @ForAll Storage storage) {
        float[] values = array(list, storage.dtype);
        TensorMerge merge = Merging.prepare(ties(density, MajoritySign.TOTAL), storage.dtype, List.of(1f), values);
        float[] merged = Merging.blocks(merge, values.length);
        long k = Math.min(values.length, (long) (density * values.length));
        assertThat(merge.kept()).containsExactly(k);
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
            @ForAll @DoubleRange(min = 0.1, max = 1) double density) {
        float[] a = array(first, Dtype.F32);
        float[] b = array(second, Dtype.F32);
        List<Float> ones = List.of(1f, 1f);
        float[] merged = Merging.merge(ties(density, MajoritySign.TOTAL), ones, a, b);
        assertThat(merged).containsExactly(Merging.merge(ties(density, MajoritySign.TOTAL), ones, b, a));
        for (int i = 0; i < merged.length; i++) {
            float low = Math.min(0, Math.min(a[i], b[i]));
            float high = Math.max(0, Math.max(a[i], b[i]));
            assertThat(merged[i]).isBetween(low, high);
        }
        assertThat(Merging.merge(ties(1, MajoritySign.TOTAL), ones, a, a)).containsExactly(a);
        assertThat(Merging.merge(ties(1, MajoritySign.TOTAL), List.of(1f), a)).containsExactly(a);
    }

    @Test
    void refusesOptionsThatAreMissingWrongOrNotTheMethods() {
        assertInvalid(new MergeSettings("tie", .8, null, null), "method: found tie, expected one of cat, linear");
        assertInvalid(new MergeSettings("ties", null, null, null), "density: found null");
        assertInvalid(new MergeSettings("ties", 0.0, null, null), "density: found 0.0");
        assertInvalid(new MergeSettings("ties", Double.NaN, null, null), "density: found NaN");
        assertInvalid(new MergeSettings("ties", 1.1, null, null), "density: found 1.1");
        assertInvalid(new MergeSettings("linear", .8, null, null), "density: found 0.8, expected nothing");
        assertInvalid(new MergeSettings("cat", null, MajoritySign.TOTAL, null), "majoritySign: found TOTAL");
        assertThat(MajoritySign.named("frequency")).isEqualTo(MajoritySign.FREQUENCY);
        assertThatThrownBy(() -> MajoritySign.named("x")).isInstanceOf(InvalidInput.class);
    }

    private static void assertInvalid(MergeSettings settings, String said) {
        assertThatThrownBy(() -> MergeMethod.of(settings))
                .isInstanceOf(InvalidInput.class)
                .hasMessageContaining(said);
    }

    enum Storage {
        F32(Dtype.F32),
        F16(Dtype.F16),
        BF16(Dtype.BF16);

        private final Dtype dtype;

        Storage(Dtype dtype) {
            this.dtype = dtype;
        }
    }

    private static MergeMethod ties(double density, MajoritySign sign) {
        return MergeMethod.of(new MergeSettings("ties", density, sign, null));
    }

    private static float[] array(List<Float> values, Dtype dtype) {
        float[] array = new float[values.size()];
        for (int i = 0; i < array.length; i++) {
            array[i] = FloatBlocks.round(dtype, values.get(i));
        }
        return array;
    }
}
