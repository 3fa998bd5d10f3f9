package dev.lethe.merge.safetensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lethe.merge.InvalidInput;
import dev.lethe.merge.RefusedInput;
import dev.lethe.merge.safetensors.Fixtures.Numbers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModelFolderTest {
    @TempDir
    Path folder;

    @BeforeEach
    void shards() throws IOException {
        shard("1.safetensors", "a", 1);
        shard("2.safetensors", "b", 2);
    }

    @Test
    void readsTheShardsOfAnIndex() throws IOException {
        index("{\"metadata\":{\"total_size\":9},\"weight_map\":{\"a\":\"1.safetensors\",\"b\":\"2.safetensors\"}}");
        try (ModelFolder model = ModelFolder.open(folder)) {
            assertThat(model.names()).containsExactly("a", "b");
            assertThat(FloatBlocks.readAll(Dtype.F32, model.data("b"))).containsExactly(2);
            assertThat(model.warnings()).singleElement().asString().contains("total_size: found 9");
            assertThatThrownBy(() -> model.info("c")).isInstanceOf(InvalidInput.class);
        }
    }

    /** As transformers: what a stale index says is not even read. */
    @Test
    void aSingleFileComesBeforeAnIndex() throws IOException {
        shard("model.safetensors", "a", 3);
        index("{\"weight_map\":{\"a\":\"gone.safetensors\"}}");
        try (ModelFolder model = ModelFolder.open(folder)) {
            assertThat(FloatBlocks.readAll(Dtype.F32, model.data("a"))).containsExactly(3);
            assertThat(model.isSharded()).isFalse();
            assertThat(model.warnings()).singleElement().asString().contains("not read, since model.safetensors is");
        }
        assertThat(ModelFiles.of(folder)).containsExactly("model.safetensors");
    }

    @Test
    void readsWhatAnIndexDoesNotListFromTheFilesThatItNames() throws IOException {
        Fixtures.write(folder.resolve("2.safetensors"), Map.of("b", number(1), "c", number(2)), Map.of());
        shard("model-00003-of-00003.safetensors", "d", 4);
        index("{\"weight_map\":{\"a\":\"1.safetensors\",\"b\":\"2.safetensors\"}}");
        try (ModelFolder model = ModelFolder.open(folder)) {
            assertThat(model.names()).containsExactly("a", "b", "c");
            assertThat(model.warnings())
                    .satisfiesExactly(
                            unlisted -> assertThat(unlisted).contains("weight_map: found no c, read all the same"),
                            unread -> assertThat(unread).contains("found no model-00003-of-00003.safetensors"));
        }
    }

    @Test
    void leavesRotaryFrequenciesOutAndSaysSo() throws IOException {
        String layer = "model.layers.0.self_attn.rotary_emb.";
        Fixtures.write(
                folder.resolve("model.safetensors"),
                Map.of("a", number(1), layer + "inv_freq", number(1), layer + "cos_cached", number(2)),
                Map.of());
        try (ModelFolder model = ModelFolder.open(folder)) {
            assertThat(model.names()).containsExactly("a");
            assertThat(model.warnings()).singleElement().asString().contains(layer + "cos_cached and 1 more: left out");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
            {"weight_map":{"a":"1.safetensors","b":"1.safetensors"}}    | weight_map.b
            {"weight_map":{"a":"1.safetensors","b":"3.safetensors"}}    | 3.safetensors
            {"weight_map":{"a":"1.safetensors","b":"../2.safetensors"}} | plain name
            {"weight_map":{"a":"1.safetensors","b":"/2.safetensors"}}   | plain name
            {"weight_map":{"a":"1.safetensors","b":"2.bin"}}            | plain name
            {"weight_map":{"a":"1.safetensors","b":7}}                  | plain name
            {"weight_map":{"a":"1.safetensors","a":"2.safetensors"}}    | Duplicate
            {"weight_map":{}}                                           | weight_map
            {}                                                          | weight_map
            []                                                          | weight_map
            {                                                           | JSON
            """)
    void rejectsABrokenIndex(String text, String said) throws IOException {
        index(text);
        assertInvalid(said);
    }

    @Test
    void rejectsTensorsThatAreThereTwice() throws IOException {
        Fixtures.write(folder.resolve("2.safetensors"), Map.of("b", number(1), "a", number(2)), Map.of());
        index("{\"weight_map\":{\"a\":\"1.safetensors\",\"b\":\"2.safetensors\"}}");
        assertInvalid("a second copy of it in 1.safetensors");
        Fixtures.write(folder.resolve("1.safetensors"), Map.of("a", number(1), "c", number(2)), Map.of());
        Fixtures.write(folder.resolve("2.safetensors"), Map.of("b", number(1), "c", number(2)), Map.of());
        assertInvalid("a second copy of it in 1.safetensors");
    }

    @Test
    void refusesPickleWhenThereIsNothingElse() throws IOException {
        assertInvalid("weights: found none but 1.safetensors, expected model.safetensors");
        Files.createFile(folder.resolve("pytorch_model.bin"));
        assertThatThrownBy(() -> ModelFolder.open(folder))
                .isInstanceOf(RefusedInput.class)
                .hasMessageContaining("pytorch_model.bin");
        assertThatThrownBy(() -> ModelFolder.open(folder.resolve("none"))).hasMessageContaining("found nothing");
    }

    @Test
    void findsWhatIsNotFinite() throws IOException {
        for (Dtype dtype : new Dtype[] {Dtype.F32, Dtype.F16, Dtype.BF16}) {
            Numbers numbers = Numbers.of(dtype, new long[] {3}, 1, Float.POSITIVE_INFINITY, 2);
            Fixtures.write(folder.resolve("model.safetensors"), Map.of("x", numbers, "y", number(1)), Map.of());
            try (ModelFolder model = ModelFolder.open(folder)) {
                model.requireFinite("y");
                assertThatThrownBy(model::requireFinite).hasMessageContaining("x: element 1: found Infinity");
            }
        }
    }

    private void assertInvalid(String said) {
        assertThatThrownBy(() -> ModelFolder.open(folder))
                .isInstanceOf(InvalidInput.class)
                .hasMessageContaining(said);
    }

    private void shard(String name, String tensor, float value) throws IOException {
        Fixtures.write(folder.resolve(name), Map.of(tensor, number(value)), Header.PYTORCH);
    }

    private static Numbers number(float value) {
        return Numbers.f32(new long[] {1}, value);
    }

    private void index(String text) throws IOException {
        Files.writeString(folder.resolve(ShardIndex.FILE), text);
    }
}
