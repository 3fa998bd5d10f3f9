package dev.lethe.merge.recipe;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.lethe.catalog.Semantics;
import dev.lethe.merge.engine.MergeReport;
import dev.lethe.merge.engine.ProgressListener;
import dev.lethe.merge.engine.RunSettings;
import dev.lethe.merge.recipe.Recipe.Missing;
import dev.lethe.merge.safetensors.Fixtures;
import dev.lethe.merge.safetensors.Fixtures.Numbers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The tokenizer's files of a merged model are one set, and the configuration speaks of the same tokens. */
class TokenizerFilesTest {
    private static final String END =
            "{\"id\": %d, \"content\": \"<end>\", \"single_word\": false, \"lstrip\": true, \"rstrip\": false, \"normalized\": false, \"special\": %s}";

    @TempDir
    Path folder;

    @BeforeEach
    void models() throws IOException {
        model("base", "{\"x\": 0, \"</s>\": 1}", "");
        file("base/config.json", "{\"vocab_size\": 2, \"bos_token_id\": 0, \"eos_token_id\": 1, \"pad_token_id\": 1}");
        file("base/generation_config.json", "{\"eos_token_id\": 1, \"top_k\": 5}");
        file("base/tokenizer_config.json", "{\"eos_token\": \"</s>\", \"added_tokens_decoder\": {}}");
        file("base/vocab.json", "{\"x\": 0}");
        file("base/added_tokens.json", "{}");
        model("chat", "{\"</s>\": 0, \"z\": 1, \"x\": 2}", END.formatted(3, true));
        file("chat/config.json", "{\"vocab_size\": 4, \"eos_token_id\": 0}");
        file("chat/generation_config.json", "{\"eos_token_id\": [0, 3]}");
        file("chat/tokenizer_config.json", "{\"eos_token\": {\"content\": \"<end>\"}, \"pad_token\": \"<lost>\"}");
        file("chat/chat_template.jinja", "hello");
    }

    private void model(String name, String ids, String added) throws IOException {
        int rows = new JsonMapper().readTree(ids).size() + (added.isEmpty() ? 0 : 1);
        Fixtures.write(
                folder.resolve(name).resolve("model.safetensors"),
                new TreeMap<>(Map.of("embed_tokens.weight", Numbers.f32(new long[] {rows, 1}, new float[rows]))),
                Map.of());
        file(
                name + "/tokenizer.json",
                "{\"added_tokens\": [%s], \"model\": {\"type\": \"BPE\", \"vocab\": %s, \"merges\": []}}"
                        .formatted(added, ids));
    }

    private void file(String name, String text) throws IOException {
        Files.writeString(folder.resolve(name), text);
    }

    private MergeReport merge(String tokenizer) throws IOException {
        file(
                "c.yml",
                "merge_method: task_arithmetic\nbase_model: base\nmodels: [{model: chat}]\ntokenizer_source: "
                        + tokenizer);
        Recipe recipe = MergekitConfig.read(folder.resolve("c.yml"), Semantics.LETHE, Missing.ERROR, 1 << 30, 0)
                .recipe();
        return ModelMerge.merge(recipe, folder.resolve("out"), RunSettings.of(1), ProgressListener.NONE);
    }

    private JsonNode out(String file) throws IOException {
        return new JsonMapper().readTree(folder.resolve("out").resolve(file).toFile());
    }

    @Test
    void thatOfOneModelComesWholeAndItsSpecialTokensWithIt() throws IOException {
        merge("chat");
        assertThat(folder.resolve("out"))
                .isDirectoryNotContaining("glob:**/{vocab,added_tokens}.json")
                .isDirectoryContaining("glob:**/chat_template.jinja");
        assertThat(out("config.json").toString()).isEqualTo("{\"vocab_size\":4,\"eos_token_id\":3}");
        assertThat(out("generation_config.json").toString()).isEqualTo("{\"eos_token_id\":[0,3],\"top_k\":5}");
    }

    @Test
    void aUnionKeepsWholeEntriesAndNoFileOfOneModelAlone() throws IOException {
        merge("union");
        assertThat(folder.resolve("out"))
                .isDirectoryNotContaining("glob:**/{vocab,added_tokens}.json")
                .isDirectoryNotContaining("glob:**/chat_template.jinja");
        JsonNode end = new JsonMapper().readTree(END.formatted(3, true));
        assertThat(out("tokenizer.json").path("added_tokens")).containsExactly(end);
        assertThat(out("tokenizer.json").path("model").path("vocab").toString())
                .isEqualTo("{\"x\":0,\"</s>\":1,\"z\":2}");
        assertThat(out("tokenizer_config.json")
                        .path("added_tokens_decoder")
                        .path("3")
                        .path("special"))
                .hasToString("true");
        assertThat(out("config.json").path("eos_token_id").intValue()).isEqualTo(1);
    }

    @Test
    void theFirstDefinitionOfATokenStaysAndTheOtherIsANote() throws IOException {
        model("base", "{\"x\": 0, \"</s>\": 1}", END.formatted(2, false));
        assertThat(merge("union").notes()).anySatisfy(note -> assertThat(note).contains("chat: ", "<end>"));
        assertThat(out("tokenizer.json")
                        .path("added_tokens")
                        .path(0)
                        .path("special")
                        .booleanValue())
                .isFalse();
    }

    @Test
    void aUnigramModelsListHasNoPlaceBehindItsAddedTokens() throws IOException {
        model("base", "[[\"x\", -1.5], [\"</s>\", -2]]", END.formatted(2, true));
        merge("union");
        Vocabulary union = Vocabulary.read(folder.resolve("out"));
        assertThat(union.ids()).isEqualTo(Map.of("x", 0, "</s>", 1, "<end>", 2, "z", 3));
    }
}
