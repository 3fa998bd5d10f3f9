package dev.lethe.weights.merge;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lethe.weights.adapter.AdapterConfig;
import dev.lethe.weights.adapter.AdapterFolder;
import dev.lethe.weights.safetensors.Dtype;
import dev.lethe.weights.safetensors.FloatBlocks;
import dev.lethe.weights.safetensors.SafetensorsFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
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
        MergeMethod method = MergeMethod.of(settings(given, name.equals("task_arithmetic") ? "linear" : name, null));
        try (SafetensorsFile file = SafetensorsFile.open(PEFT.resolve("kernels.safetensors"))) {
            List<WeightedTensor> inputs = new ArrayList<>();
            for (JsonNode input : given.path("inputs")) {
                float weight = (float) given.path("weights").path(inputs.size()).asDouble();
                inputs.add(new WeightedTensor(file.info(input.asText()), file.data(input.asText()), weight));
            }
            TensorMerge merge = method.prepare(inputs, 0);
            String expected = given.path("expected").asText();
            assertThat(Merging.blocks(merge, (int) inputs.getFirst().size()))
                    .containsExactly(FloatBlocks.readAll(Dtype.F32, file.data(expected)));
            if (given.has("k")) {
                assertThat(merge.kept()).containsOnly(given.path("k").asLong());
                assertThat(merge.ties()).containsOnly(0L);
            }
        }
    }

    static Stream<JsonNode> adapters() throws IOException {
        return cases("manifest.json");
    }

    @ParameterizedTest
    @MethodSource("adapters")
    void mergedAdaptersAreTheSameFiles(JsonNode given) throws IOException {
        Dtype dtype = DTYPES.get(given.path("outputDtype").asText());
        MergeSettings settings = settings(given, given.path("method").asText(), dtype);
        List<AdapterMerge.Input> inputs = new ArrayList<>();
        for (JsonNode adapter : given.path("adapters")) {
            double weight = given.path("weights").path(inputs.size()).asDouble();
            inputs.add(new AdapterMerge.Input(adapter.asText(), PEFT.resolve(adapter.asText()), weight));
        }
        Path expected = PEFT.resolve(given.path("expected").asText());
        for (int threads : new int[] {1, 2, 8}) {
            Path merged = folder.resolve(given.path("name").asText() + threads);
            AdapterMerge.merge(inputs, settings, merged, new Workers(threads));
            assertThat(merged.resolve(AdapterFolder.WEIGHTS))
                    .hasSameBinaryContentAs(expected.resolve(AdapterFolder.WEIGHTS));
            AdapterConfig config = AdapterConfig.read(merged);
            AdapterConfig theirs = AdapterConfig.read(expected);
            assertThat(config.targetModules()).isEqualTo(theirs.targetModules());
            assertThat(config.rank()).isEqualTo(theirs.rank());
            assertThat(config.scalingOf("fc1")).isEqualTo(1);
        }
    }

    private static MergeSettings settings(JsonNode given, String method, @Nullable Dtype dtype) {
        Double density = given.hasNonNull("density") ? given.path("density").asDouble() : null;
        MajoritySign sign = given.hasNonNull("majoritySign")
                ? MajoritySign.named(given.path("majoritySign").asText())
                : null;
        return new MergeSettings(method, density, sign, dtype);
    }

    private static Stream<JsonNode> cases(String file) throws IOException {
        JsonNode cases = new ObjectMapper()
                .readTree(Files.readString(PEFT.resolve(file)))
                .path("cases");
        return StreamSupport.stream(cases.spliterator(), false);
    }
}
