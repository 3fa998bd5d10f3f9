package dev.lethe.merge.method;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lethe.merge.safetensors.Dtype;
import dev.lethe.merge.safetensors.TensorInfo;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** Cuts of tensors that are large enough for a sample, against sorting. */
class TopKSelectionTest {
    private static final int SIZE = 300_000;

    private enum Shape {
        NORMAL,
        FEW_VALUES,
        ONE_VALUE,
        GROWING,
        BFLOAT16_DIFFERENCES,
        NOT_FINITE
    }

    @Property(tries = 24)
    void keepsTheLargestAndOfEqualOnesTheFirst(
            @ForAll Shape shape,
            @ForAll @DoubleRange(min = 0, max = 1) double density,
            @ForAll @IntRange(max = 9) int seed) {
        float[] values = values(shape, new Random(seed));
        long k = TopKMask.k(density, SIZE, true);
        TopKMask mask = TopKSelection.largest(scores(values), chunking(), Scan.SEQUENTIAL, new long[] {k, k})
                .getLast();

        float[] kept = values.clone();
        for (Chunk chunk : chunking().chunks()) {
            Mask.Cursor cursor = mask.begin(chunk);
            for (int first = (int) chunk.first(); first < chunk.end(); first += 1000) {
                float[] block = Arrays.copyOfRange(kept, first, first + 1000);
                cursor.apply(first, block, block.length);
                System.arraycopy(block, 0, kept, first, block.length);
            }
        }
        assertThat(bits(kept)).isEqualTo(bits(expected(values, (int) k)));
    }

    @Test
    void aSampleFindsMostCutsAtOnce() {
        float[] values = values(Shape.BFLOAT16_DIFFERENCES, new Random(1));
        assertThat(SampledTopKSelection.largest(
                        scores(values), chunking(), Scan.SEQUENTIAL, new long[] {SIZE / 2, SIZE / 5}))
                .isPresent();
    }

    private static Chunking chunking() {
        return new Chunking(SIZE, 100);
    }

    private static float[] values(Shape shape, Random random) {
        float[] values = new float[SIZE];
        for (int i = 0; i < SIZE; i++) {
            float normal = (float) random.nextGaussian();
            values[i] = switch (shape) {
                case NORMAL -> normal;
                case FEW_VALUES -> Math.round(3 * normal) / 4f;
                case ONE_VALUE -> normal < 0 ? -1 : 1;
                case GROWING -> normal * i;
                case BFLOAT16_DIFFERENCES -> difference(normal / 50, (float) random.nextGaussian() / 2000);
                case NOT_FINITE -> i % 10 == 0 ? (i % 20 == 0 ? Float.NaN : Float.NEGATIVE_INFINITY) : normal;
            };
        }
        return values;
    }

    private static float difference(float base, float delta) {
        Rounding rounding = new Rounding(Dtype.BF16);
        return rounding.of(rounding.of(base) + delta) - rounding.of(base);
    }

    private static float[] expected(float[] values, int k) {
        Integer[] order = new Integer[SIZE];
        Arrays.setAll(order, i -> i);
        Arrays.sort(order, (a, b) -> Integer.compare(TopKMask.key(values[b]), TopKMask.key(values[a]))); // stable
        float[] kept = new float[SIZE];
        for (int i = 0; i < k; i++) {
            kept[order[i]] = values[order[i]];
        }
        return kept;
    }

    /** Zeros have no sign here: what stays of them is not looked at. */
    private static int[] bits(float[] values) {
        int[] bits = new int[values.length];
        for (int i = 0; i < values.length; i++) {
            bits[i] = values[i] == 0 ? 0 : Float.floatToIntBits(values[i]);
        }
        return bits;
    }

    private static ElementScores scores(float[] values) {
        TensorSource source = new TensorSource() {
            @Override
            public TensorInfo info() {
                return TensorInfo.of(Dtype.F32, SIZE);
            }

            @Override
            public void read(long first, float[] target, int count) {
                System.arraycopy(values, (int) first, target, 0, count);
            }
        };
        Options options = new Options(Map.of(), List.of(Map.of(), Map.of()));
        return ElementScores.differences(
                new TensorGroup("t", List.of(SIZE / 100L, 100L), null, List.of(source, source), options, Dtype.F32, 0));
    }
}
