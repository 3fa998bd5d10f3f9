package dev.lethe.unlearning.chat;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.lethe.unlearning.Fixtures;
import dev.lethe.unlearning.model.JsonDocument;
import dev.lethe.unlearning.tokenizer.TextTokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ChatTemplateTest {
    private static final JsonMapper JSON = new JsonMapper();

    private static final String BEGINS_EVERY_TEXT =
            """
            {"type": "TemplateProcessing", "pair": [{"Sequence": {"id": "B", "type_id": 0}}],
             "single": [{"SpecialToken": {"id": "<|endoftext|>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}],
             "special_tokens": {"<|endoftext|>": {"id": "<|endoftext|>", "ids": [0], "tokens": ["<|endoftext|>"]}}}
            """;

    /** Every template makes of every chat what transformers makes of it, or refuses it as there. */
    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("cases")
    void rendersAsTransformersDoes(
            String name, String chat, ChatTemplate template, List<Turn> turns, JsonNode expected) {
        assertThat(template.prompt(turns))
                .isEqualTo(expected.isNull() ? Optional.empty() : Optional.of(expected.textValue()));
    }

    /** Whether the tokenizer begins every text with a token or not, a prompt that begins with it has it once. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void theBeginningIsWrittenOnce(boolean byTokenizer, @TempDir Path folder) throws IOException {
        JsonDocument tokenizer = JsonDocument.read(Fixtures.path("tokenizer/tokenizer.json"));
        if (byTokenizer) {
            tokenizer.json().set("post_processor", JSON.readTree(BEGINS_EVERY_TEXT));
        }
        Files.writeString(folder.resolve("tokenizer.json"), tokenizer.json().toString());
        Files.copy(Fixtures.path("tokenizer/tokenizer_config.json"), folder.resolve("tokenizer_config.json"));
        Files.writeString(folder.resolve("chat_template.jinja"), "{{ bos_token }}{{ messages[0].content }}\n");
        try (TextTokenizer read = TextTokenizer.load(folder)) {
            String prompt = ChatTemplate.load(folder, read)
                    .orElseThrow()
                    .prompt(List.of(new Turn("user", "who")))
                    .orElseThrow();
            assertThat(read.encode(prompt, true)).isEqualTo(read.encode("<|endoftext|>who", false));
        }
    }

    static Stream<Arguments> cases() {
        JsonNode fixture =
                JsonDocument.read(Fixtures.path("chat/templates.json")).json();
        return fixture.get("templates").propertyStream().flatMap(it -> {
            ChatTemplate template =
                    ChatTemplate.of(it.getValue().get("template").textValue(), tokens(it.getValue()));
            return fixture.get("chats")
                    .propertyStream()
                    .map(chat -> Arguments.of(
                            it.getKey(),
                            chat.getKey(),
                            template,
                            turns(chat.getValue()),
                            it.getValue().get("rendered").get(chat.getKey())));
        });
    }

    private static List<Turn> turns(JsonNode messages) {
        return messages.valueStream()
                .map(it ->
                        new Turn(it.get("role").textValue(), it.get("content").textValue()))
                .toList();
    }

    private static Map<String, String> tokens(JsonNode model) {
        Map<String, String> tokens = new TreeMap<>();
        for (String token : List.of("bos_token", "eos_token")) {
            if (!model.get(token).isNull()) {
                tokens.put(token, model.get(token).textValue());
            }
        }
        return tokens;
    }
}
