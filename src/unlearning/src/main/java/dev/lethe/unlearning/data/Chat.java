package dev.lethe.unlearning.data;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lethe.merge.InvalidInput;
import dev.lethe.unlearning.chat.Turn;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A chat up to the assistant's last message, which is the answer; what comes after it is not read.
 *
 * @param before everything that was said before the answer
 * @param answer empty where the chat was read for its prompt alone
 */
record Chat(List<Turn> before, String answer) {
    private static final String ASSISTANT = "assistant";

    /** Roles as OpenAI and ShareGPT name them. */
    private static final Map<String, String> ROLES =
            Map.of("system", "system", "user", "user", "human", "user", ASSISTANT, ASSISTANT, "gpt", ASSISTANT);

    /** @throws InvalidInput where it is no list of {@code role} and {@code content}, or {@code from} and {@code value}, with an answer */
    static Chat read(JsonRow row, String field) {
        List<Turn> turns = turns(row, field);
        int last = IntStream.range(0, turns.size())
                .filter(i -> turns.get(i).role().equals(ASSISTANT))
                .max()
                .orElseThrow(() ->
                        InvalidInput.at(row.where(), field, "no message of the assistant", "one, which is the answer"));
        return new Chat(turns.subList(0, last), turns.get(last).content());
    }

    /**
     * A chat that waits for an answer, or has it at its end, where it is not read.
     *
     * @throws InvalidInput as above, but for a missing answer, or where nobody has said anything
     */
    static Chat readPrompt(JsonRow row, String field) {
        List<Turn> turns = turns(row, field);
        boolean answered = !turns.isEmpty() && turns.getLast().role().equals(ASSISTANT);
        List<Turn> before = answered ? turns.subList(0, turns.size() - 1) : turns;
        if (before.isEmpty()) {
            throw InvalidInput.at(row.where(), field, "no message to answer", "one");
        }
        return new Chat(before, "");
    }

    private static List<Turn> turns(JsonRow row, String field) {
        JsonNode messages = row.object().path(field);
        if (!messages.isArray()) {
            throw InvalidInput.at(row.where(), field, JsonRow.kind(messages), "a list of messages");
        }
        List<Turn> turns = new ArrayList<>();
        for (JsonNode message : messages) {
            turns.add(turn(row.where(), "%s[%d]".formatted(field, turns.size()), message));
        }
        return turns;
    }

    private static Turn turn(String where, String place, JsonNode message) {
        String content = text(where, place, message, "content", "value");
        String role = ROLES.get(text(where, place, message, "role", "from"));
        if (role == null) {
            throw InvalidInput.at(where, place, "another role", "system, user (human) or assistant (gpt)");
        }
        return new Turn(role, content);
    }

    private static String text(String where, String place, JsonNode message, String name, String otherName) {
        String field = message.has(name) ? name : otherName;
        JsonNode value = message.path(field);
        if (!value.isTextual()) {
            throw InvalidInput.at(where, place, JsonRow.kind(value), "texts %s, or %s".formatted(name, otherName));
        }
        return value.textValue();
    }

    /** Messages as plain text, one below the other. */
    static String plain(List<Turn> messages) {
        return messages.stream().map(Turn::content).collect(Collectors.joining("\n"));
    }
}
