package dev.lethe.unlearning.chat;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lethe.unlearning.Fixtures;
import dev.lethe.unlearning.model.JsonDocument;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ChatTemplateTest {
    /** Every template makes of every chat what transformers makes of it, or refuses it as there. */
    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("cases")
    void rendersAsTransformersDoes(
            String name, String chat, ChatTemplate template, List<Turn> turns, JsonNode expected) {
        assertThat(template.prompt(turns))
                .isEqualTo(expected.isNull() ? Optional.empty() : Optional.of(expected.textValue()));
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
