package dev.lethe.unlearning.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lethe.merge.InvalidInput;
import dev.lethe.unlearning.Fixtures;
import dev.lethe.unlearning.model.BaseModel;
import dev.lethe.unlearning.model.LanguageModel;
import dev.lethe.unlearning.model.ModelConfig;
import dev.lethe.unlearning.tensor.Device;
import dev.lethe.unlearning.tensor.Dtype;
import dev.lethe.unlearning.tensor.Tensor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GeneratorTest {

    @ParameterizedTest
    @CsvSource({"llama-tiny, 1", "llama-tiny, 3", "llama-tiny-untied, 16", "olmo-tiny, 1", "olmo-tiny, 16"})
    void tokensAreThoseOfTransformersInAnyBatch(String name, int batchSize) throws IOException {
        JsonNode expected =
                new ObjectMapper().readTree(Fixtures.path(name + "/greedy.json").toFile());
        List<int[]> prompts = new ArrayList<>();
        List<int[]> free = new ArrayList<>();
        List<int[]> stopped = new ArrayList<>();
        for (JsonNode prompt : expected.get("cases")) {
            prompts.add(ints(prompt.get("promptIds")));
            free.add(ints(prompt.get("generatedIds")));
            stopped.add(ints(prompt.get("generatedIdsWithEos")));
        }
        int maxNewTokens = expected.get("maxNewTokens").intValue();
        int eos = expected.get("eosTokenId").intValue();
        try (BaseModel base = BaseModel.load(Fixtures.path(name), Dtype.F32, Device.CPU)) {
            LanguageModel model = new LanguageModel(base);
            assertThat(new Generator(model, List.of()).greedy(prompts, maxNewTokens, batchSize))
                    .containsExactlyElementsOf(free);
            assertThat(new Generator(model, List.of(eos)).greedy(prompts, maxNewTokens, batchSize))
                    .containsExactlyElementsOf(stopped);
        }
    }

    @Test
    void chanceIsOfTheSeedAndNotOfTheBatch() {
        List<int[]> prompts = List.of(new int[] {5, 9, 200}, new int[] {3}, new int[] {5, 9, 200});
        try (BaseModel base = BaseModel.load(Fixtures.path("olmo-tiny"), Dtype.F32, Device.CPU)) {
            Generator generator = new Generator(new LanguageModel(base), List.of());
            List<int[]> together = generator.sample(prompts, 6, 3, 0.95, 7);
            assertThat(generator.sample(prompts, 6, 1, 0.95, 7)).containsExactlyElementsOf(together);
            assertThat(together.get(0)).isNotEqualTo(together.get(2));
            assertThat(generator.sample(prompts, 6, 3, 0.95, 8).getFirst()).isNotEqualTo(together.getFirst());
            assertThat(generator.sample(prompts, 6, 3, 1e-9, 7))
                    .containsExactlyElementsOf(generator.greedy(prompts, 6, 3));
        }
    }

    @Test
    void aBrokenModelSaysNothing() {
        try (BaseModel base = BaseModel.random(ModelConfig.read(Fixtures.path("olmo-tiny")), 7)) {
            Tensor broken = Tensor.full(Double.NaN, Dtype.F32, Device.CPU, 1);
            base.weights().values().forEach(weight -> weight.addInPlace(broken, 1));
            assertThatExceptionOfType(InvalidInput.class)
                    .isThrownBy(() ->
                            new Generator(new LanguageModel(base), List.of()).greedy(List.of(new int[] {5, 9}), 4, 1))
                    .withMessage(
                            "model: logits: found NaN or infinity, expected finite numbers; its weights are broken");
        }
    }

    @Test
    void meanNllOfATextDoesNotDependOnItsBatch() {
        List<int[]> texts = List.of(new int[] {5, 9, 200, 31, 7}, new int[] {3, 4}, new int[] {8}, new int[] {
            400, 17, 17, 90, 2, 2, 301, 44, 6
        });
        try (BaseModel base = BaseModel.load(Fixtures.path("olmo-tiny"), Dtype.F32, Device.CPU)) {
            LanguageModel model = new LanguageModel(base);
            double[] together = new Likelihood(model, 4).meanNll(texts);
            double[] alone = new Likelihood(model, 1).meanNll(texts);
            for (int i = 0; i < together.length; i++) {
                assertThat(together[i]).isCloseTo(alone[i], org.assertj.core.data.Offset.offset(1e-5));
            }
            assertThat(together[2]).isNaN();

            // The mean over all tokens is the weighted mean over the two halves.
            int[] text = texts.get(3);
            double[] end = new Likelihood(model, 2)
                    .meanNll(List.of(Arrays.copyOf(text, 4)), List.of(Arrays.copyOfRange(text, 4, 9)));
            double[] start = new Likelihood(model, 2).meanNll(List.of(Arrays.copyOf(text, 4)));
            assertThat((3 * start[0] + 5 * end[0]) / 8)
                    .isCloseTo(together[3], org.assertj.core.data.Offset.offset(1e-5));
        }
    }

    private static int[] ints(JsonNode array) {
        return array.valueStream().mapToInt(JsonNode::intValue).toArray();
    }
}
