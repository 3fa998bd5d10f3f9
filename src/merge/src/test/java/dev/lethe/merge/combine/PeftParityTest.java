package dev.lethe.merge.combine;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lethe.catalog.Semantics;
import dev.lethe.merge.adapter.AdapterConfig;
import dev.lethe.merge.adapter.AdapterFolder;
import dev.lethe.merge.engine.ProgressListener;
import dev.lethe.merge.engine.RunSettings;
import dev.lethe.merge.method.MajoritySign;
import dev.lethe.merge.method.Vectors;
import dev.lethe.merge.safetensors.Dtype;
import dev.lethe.merge.safetensors.FloatBlocks;
import dev.lethe.merge.safetensors.SafetensorsFile;
import dev.lethe.merge.safetensors.TensorInfo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What PEFT made of the same inputs, to the byte; the fixtures' manifest says how they were made. */
class PeftParityTest {
    private static final Path PEFT = Path.of("src/test/resources/parity/peft");
    private static final Map<String, Dtype> DTYPES =
            Map.of("float32", Dtype.F32, "float16", Dtype.F16, "bfloat16", Dtype.BF16);

    @TempDir
    Path folder;

    static Stream<JsonNode> kernels() throws IOException {
        return cases("kernels.json");
    }

    @ParameterizedTest
    @MethodSource("kernels")
    void kernelsAgreeToTheBit(JsonNode given) {
        String name = given.path("method").asText();
        Vectors vectors = Vectors.of(name.equals("task_arithmetic") ? "linear" : name, Semantics.PEFT);
        List<Double> weights = new ArrayList<>();
        given.path("weights").forEach(weight -> weights.add(weight.asDouble()));
        vectors.each("weight", weights);
        if (given.hasNonNull("density")) {
            vectors.each(
                    "density",
                    Collections.nCopies(weights.size(), given.path("density").asDouble()));
        }
        if (given.hasNonNull("majoritySign")) {
            vectors.with(
                    "majoritySign",
                    MajoritySign.named(given.path("majoritySign").asText()));
        }
        try (SafetensorsFile file = SafetensorsFile.open(PEFT.resolve("kernels.safetensors"))) {
            for (JsonNode input : given.path("inputs")) {
                TensorInfo info = file.info(input.asText());
                vectors.input(FloatBlocks.readAll(info.dtype(), file.data(input.asText())));
            }
            String expected = given.path("expected").asText();
            assertThat(vectors.merge()).containsExactly(FloatBlocks.readAll(Dtype.F32, file.data(expected)));
            if (given.has("k")) {
                assertThat(vectors.prepare().kept())
                        .containsOnly(given.path("k").asLong());
                assertThat(vectors.prepare().ties()).containsOnly(0L);
            }
        }
    }

    static Stream<JsonNode> adapters() throws IOException {
        return cases("manifest.json");
    }

    @ParameterizedTest
    @MethodSource("adapters")
    void mergedAdaptersAreTheSameFiles(JsonNode given) throws IOException {
        boolean byDefault = given.path("upcastToF32OnLoad").asBoolean(); // PEFT's default, and so ours
        Dtype dtype = byDefault ? null : DTYPES.get(given.path("outputDtype").asText());
        AdapterMergeSettings settings = settings(given, given.path("method").asText(), dtype);
        List<AdapterMerge.Input> inputs = new ArrayList<>();
        for (JsonNode adapter : given.path("adapters")) {
            double weight = given.path("weights").path(inputs.size()).asDouble();
            inputs.add(new AdapterMerge.Input(adapter.asText(), PEFT.resolve(adapter.asText()), weight));
        }
        Path expected = PEFT.resolve(given.path("expected").asText());
        for (int threads : new int[] {1, 2, 8}) {
            Path merged = folder.resolve(given.path("name").asText() + threads);
            AdapterMerge.merge(inputs, settings, merged, RunSettings.of(threads), ProgressListener.NONE);
            assertThat(merged.resolve(AdapterFolder.WEIGHTS))
                    .hasSameBinaryContentAs(expected.resolve(AdapterFolder.WEIGHTS));
            AdapterConfig config = AdapterConfig.read(merged);
            AdapterConfig theirs = AdapterConfig.read(expected);
            assertThat(config.targetModules()).isEqualTo(theirs.targetModules());
            assertThat(config.rank()).isEqualTo(theirs.rank());
            assertThat(config.scaling().scalingOf("fc1")).isEqualTo(1);
        }
    }

    private static AdapterMergeSettings settings(JsonNode given, String method, @Nullable Dtype dtype) {
        Double density = given.hasNonNull("density") ? given.path("density").asDouble() : null;
        MajoritySign sign = given.hasNonNull("majoritySign")
                ? MajoritySign.named(given.path("majoritySign").asText())
                : null;
        return new AdapterMergeSettings(method, density, sign, dtype);
    }

    private static Stream<JsonNode> cases(String file) throws IOException {
        JsonNode cases = new ObjectMapper()
                .readTree(Files.readString(PEFT.resolve(file)))
                .path("cases");
        return StreamSupport.stream(cases.spliterator(), false);
    }
}
