package dev.lethe.unlearning.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lethe.merge.InvalidInput;
import dev.lethe.unlearning.Fixtures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TextTokenizerTest {

    @Test
    void idsAndTextsAreThoseOfTransformers() throws IOException {
        JsonNode cases = new ObjectMapper()
                .readTree(Fixtures.path("tokenizer/cases.json").toFile());
        try (TextTokenizer tokenizer = TextTokenizer.load(Fixtures.path("llama-tiny"))) {
            for (JsonNode expected : cases) {
                int[] ids = expected.get("ids")
                        .valueStream()
                        .mapToInt(JsonNode::intValue)
                        .toArray();
                if (!expected.get("text").isNull()) {
                    assertThat(tokenizer.encode(expected.get("text").textValue(), true))
                            .isEqualTo(ids);
                }
                assertThat(tokenizer.decode(ids, false))
                        .isEqualTo(expected.get("decoded").textValue());
                assertThat(tokenizer.decode(ids, true))
                        .isEqualTo(expected.get("decodedSkipSpecial").textValue());
            }
            assertThat(tokenizer.eosId()).isEqualTo(0);
            assertThat(tokenizer.padId()).isEqualTo(1);
            assertThat(tokenizer.stopIds()).containsExactly(0);
            assertThat(tokenizer.vocabSize()).isEqualTo(512);
        }
    }

    @Test
    void theGenerationsOwnStopTokensCount(@TempDir Path folder) throws IOException {
        copy("tokenizer.json", folder);
        Files.writeString(folder.resolve("config.json"), "{\"vocab_size\": 512, \"eos_token_id\": 0}");
        Files.writeString(folder.resolve("generation_config.json"), "{\"eos_token_id\": [3, 2]}");
        try (TextTokenizer tokenizer = TextTokenizer.load(folder)) {
            assertThat(tokenizer.stopIds()).containsExactly(2, 3);
        }
        Files.writeString(folder.resolve("tokenizer_config.json"), "{\"eos_token\": {\"content\": \"<nope>\"}}");
        assertThatThrownBy(() -> TextTokenizer.load(folder))
                .isInstanceOf(InvalidInput.class)
                .hasMessageContaining("eos_token: found an object, expected a token of tokenizer.json");
    }

    /** As Llama-2 with a token for padding that came after its 32000 rows. */
    @Test
    void aTokenWithoutARowIsRefusedWhereATextHasIt(@TempDir Path folder) throws IOException {
        copy("tokenizer.json", folder);
        try (TextTokenizer whole = TextTokenizer.load(Fixtures.path("llama-tiny"))) {
            String last = whole.decode(new int[] {511}, false);
            Files.writeString(
                    folder.resolve("config.json"), "{\"vocab_size\": 511, \"eos_token_id\": 0, \"pad_token_id\": 511}");
            try (TextTokenizer tokenizer = TextTokenizer.load(folder)) {
                assertThat(tokenizer.exceedsModel()).isTrue();
                assertThat(tokenizer.padId()).isZero();
                assertThat(tokenizer.encode("a", false)).isEqualTo(whole.encode("a", false));
                assertThatThrownBy(() -> tokenizer.encode(last, false))
                        .isInstanceOf(InvalidInput.class)
                        .hasMessageContaining("tokenizer.json: token: found 511, expected an id below vocab_size");
            }
        }
    }

    private static void copy(String name, Path folder) throws IOException {
        Files.copy(Fixtures.path("llama-tiny/" + name), folder.resolve(name));
    }
}
