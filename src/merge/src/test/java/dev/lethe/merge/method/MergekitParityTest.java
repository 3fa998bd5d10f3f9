package dev.lethe.merge.method;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lethe.catalog.Semantics;
import dev.lethe.merge.safetensors.Dtype;
import dev.lethe.merge.safetensors.FloatBlocks;
import dev.lethe.merge.safetensors.SafetensorsFile;
import dev.lethe.merge.safetensors.TensorInfo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What mergekit 0.1.5 made of the same tensors: bench/peers/make_mergekit_fixtures.py says how. */
class MergekitParityTest {
    private static final Path FIXTURES = Path.of("src/test/resources/parity/mergekit");

    static Stream<JsonNode> cases() throws IOException {
        JsonNode json = new ObjectMapper().readTree(Files.readString(FIXTURES.resolve("cases.json")));
        return StreamSupport.stream(json.path("cases").spliterator(), false);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void agrees(JsonNode given) {
        Vectors vectors = Vectors.of(given.path("method").asText(), Semantics.MERGEKIT);
        Dtype dtype = Dtype.valueOf(given.path("dtype").asText());
        vectors.work(dtype);
        given.path("shared").properties().forEach(option -> {
            JsonNode value = option.getValue();
            vectors.with(option.getKey(), value.isBoolean() ? value.asBoolean() : (Object) value.asDouble());
        });
        given.path("each").properties().forEach(option -> {
            List<Double> values = new ArrayList<>();
            option.getValue().forEach(value -> values.add(value.asDouble()));
            vectors.each(option.getKey(), values);
        });
        try (SafetensorsFile file = SafetensorsFile.open(FIXTURES.resolve("cases.safetensors"))) {
            if (given.hasNonNull("base")) {
                vectors.base(numbers(file, given.path("base").asText()));
            }
            given.path("inputs").forEach(input -> vectors.input(numbers(file, input.asText())));
            TensorInfo kind = file.info(given.path("expected").asText());
            vectors.shape(kind.dimensions().toArray(Long[]::new));
            float[] merged = vectors.merge();
            FloatBlocks.round(dtype, merged, merged.length);
            float[] expected = numbers(file, given.path("expected").asText());
            if (given.path("exact").asBoolean()) {
                assertThat(merged).containsExactly(expected);
            } else {
                assertClose(merged, expected, dtype);
            }
        }
    }

    /** Sums in another order, and for 16 bits without the rounding of every step: a part of the largest number. */
    private static void assertClose(float[] merged, float[] expected, Dtype dtype) {
        float largest = 0;
        float difference = 0;
        for (int i = 0; i < expected.length; i++) {
            largest = Math.max(largest, Math.abs(expected[i]));
            difference = Math.max(difference, Math.abs(expected[i] - merged[i]));
        }
        float share =
                switch (dtype) {
                    case BF16 -> 0x1p-6f;
                    case F16 -> 0x1p-9f;
                    default -> 0x1p-20f;
                };
        assertThat(difference).isLessThanOrEqualTo(share * largest);
    }

    private static float[] numbers(SafetensorsFile file, String name) {
        return FloatBlocks.readAll(file.info(name).dtype(), file.data(name));
    }
}
