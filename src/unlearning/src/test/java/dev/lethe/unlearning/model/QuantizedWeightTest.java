package dev.lethe.unlearning.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lethe.unlearning.Fixtures;
import dev.lethe.unlearning.tensor.Device;
import dev.lethe.unlearning.tensor.Dtype;
import dev.lethe.unlearning.tensor.Scope;
import dev.lethe.unlearning.tensor.Tensor;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** To the bit what bitsandbytes computes on a CPU. */
class QuantizedWeightTest {
    private static final Map<String, Tensor> FIXTURES = Fixtures.tensors("quantization/bitsandbytes.safetensors");

    @ParameterizedTest
    @ValueSource(strings = {"odd", "bf16", "zeros", "large"})
    void nf4IsThatOfBitsandbytes(String name) {
        try (Scope _ = new Scope();
                Nf4Weight found = Nf4Weight.of(weight(name), Nf4Weight.Tables.on(Device.CPU))) {
            equal(found.packed(), name + ".nf4.packed");
            equal(found.scaleLargest(), name + ".nf4.scale_largest");
            equal(found.scaleMean(), name + ".nf4.scale_mean");
            if (!name.equals("zeros")) { // a code of a number divided by nothing is another on each of its backends
                equal(found.scaleCodes(), name + ".nf4.scale_codes");
            }
            equalAtTheEnd(found.expanded(weight(name).dtype()), name + ".nf4.expanded");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"odd", "bf16", "zeros", "large"})
    void int8IsThatOfBitsandbytes(String name) {
        try (Scope _ = new Scope();
                Int8Weight found = Int8Weight.of(weight(name))) {
            if (FIXTURES.containsKey(name + ".int8.codes")) {
                equal(found.codes(), name + ".int8.codes");
            }
            equal(found.largest(), name + ".int8.largest");
            equalAtTheEnd(found.expanded(weight(name).dtype()), name + ".int8.expanded");
        }
    }

    @Test
    void theDynamicMapIsThatOfBitsandbytes() {
        assertThat(DynamicMap.values()).containsExactly(fixture("map").toFloats());
    }

    /** Neither moves a weight further than half the widest gap between its neighbours; double quantisation adds a little. */
    @Property(tries = 30)
    void noWeightMovesFar(
            @ForAll @IntRange(min = 1, max = 40) int out,
            @ForAll @IntRange(min = 1, max = 200) int in,
            @ForAll long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] weights = new float[out * in];
        float largest = 0;
        for (int i = 0; i < weights.length; i++) {
            weights[i] = (float) random.nextGaussian();
            largest = Math.max(largest, Math.abs(weights[i]));
        }
        try (Scope _ = new Scope()) {
            Tensor weight = Tensor.of(weights, out, in);
            for (WeightFormat format : new WeightFormat[] {WeightFormat.INT8, WeightFormat.NF4}) {
                try (QuantizedWeight held = format.quantizer(Device.CPU).apply(weight)) {
                    float[] expanded = held.expanded(Dtype.F32).toFloats();
                    double bound = largest * (format == WeightFormat.INT8 ? 0.5 / 127 : 0.16);
                    for (int i = 0; i < weights.length; i++) {
                        assertThat(Math.abs(expanded[i] - weights[i])).isLessThanOrEqualTo((float) (bound * 1.0001));
                    }
                    assertThat(bytes(held)).isEqualTo(format.bytes(out, in, Dtype.F32));
                }
            }
        }
    }

    private static long bytes(QuantizedWeight held) {
        Stream<Tensor> parts =
                switch (held) {
                    case Int8Weight it -> Stream.of(it.codes(), it.largest());
                    case Nf4Weight it -> Stream.of(it.packed(), it.scaleCodes(), it.scaleLargest(), it.scaleMean());
                };
        return parts.mapToLong(it -> it.count() * it.dtype().bytes()).sum();
    }

    private static Tensor weight(String name) {
        return name.equals("large") ? large() : fixture(name + ".weight");
    }

    /** As the script makes it. */
    private static Tensor large() {
        float[] numbers = new float[65 * 257];
        for (int i = 0; i < numbers.length; i++) {
            int hash = (i * (int) 2654435761L) >>> 16;
            numbers[i] = (hash % 511 - 255) / 256f / (1 << (i / 64 % 5));
        }
        return Tensor.of(numbers, 65, 257);
    }

    private static Tensor fixture(String name) {
        return Objects.requireNonNull(FIXTURES.get(name), name);
    }

    private static void equal(Tensor found, String name) {
        assertThat(found.toFloats()).as(name).containsExactly(fixture(name).toFloats());
    }

    /** Of a large one only the last rows are there. */
    private static void equalAtTheEnd(Tensor found, String name) {
        long rows = fixture(name).size(0);
        equal(found.narrow(0, found.size(0) - rows, rows), name);
    }
}
