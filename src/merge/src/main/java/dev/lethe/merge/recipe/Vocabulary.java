package dev.lethe.merge.recipe;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lethe.merge.InvalidInput;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The tokens of a {@code tokenizer.json} and their ids.
 *
 * @param ids id by token
 * @param added by token, the whole entry of those that are matched before the text is split: whether it is special, and
 *     what it does with the spaces around it
 */
record Vocabulary(Map<String, Integer> ids, Map<String, ObjectNode> added) {
    static final String FILE = "tokenizer.json";

    /** More tokens than any model has; a number beyond it would only ask for memory. */
    private static final int MOST = 1 << 24;

    private static final JsonMapper JSON = new JsonMapper();

    static Vocabulary read(Path folder) {
        Path file = folder.resolve(FILE);
        if (!Files.isRegularFile(file)) {
            throw InvalidInput.at(folder.toString(), FILE, "nothing", "the tokenizer, to align vocabularies");
        }
        try {
            return of(file, JSON.readTree(file.toFile()));
        } catch (JsonProcessingException e) {
            throw InvalidInput.at(file.toString(), "JSON", e.getOriginalMessage(), "a JSON object");
        } catch (IOException e) {
            throw InvalidInput.unreadable(file, e);
        }
    }

    private static Vocabulary of(Path file, JsonNode json) {
        Map<String, Integer> ids = new HashMap<>();
        JsonNode vocabulary = json.path("model").path("vocab");
        if (vocabulary.isArray()) {
            for (int i = 0; i < vocabulary.size(); i++) {
                ids.put(vocabulary.path(i).path(0).asText(), i);
            }
        } else {
            vocabulary
                    .properties()
                    .forEach(entry -> ids.put(entry.getKey(), id(file, "model.vocab", entry.getValue())));
        }
        Map<String, ObjectNode> added = new TreeMap<>();
        for (JsonNode token : json.path("added_tokens")) {
            ids.put(token.path("content").asText(), id(file, "added_tokens[].id", token.path("id")));
            added.put(token.path("content").asText(), (ObjectNode) token);
        }
        return new Vocabulary(ids, added);
    }

    private static int id(Path file, String field, JsonNode id) {
        if (!id.isInt() || id.intValue() < 0 || id.intValue() >= MOST) {
            String found = id.isMissingNode() ? "nothing" : id.toString();
            throw InvalidInput.at(file.toString(), field, found, "an integer from 0 to " + (MOST - 1));
        }
        return id.intValue();
    }

    /** The tokens that have a row in an embedding of so many rows. */
    Vocabulary below(long embeddingRows) {
        Map<String, Integer> within = new HashMap<>(ids);
        within.values().removeIf(id -> id >= embeddingRows);
        Map<String, ObjectNode> addedWithin = new TreeMap<>(added);
        addedWithin.keySet().retainAll(within.keySet());
        return new Vocabulary(within, addedWithin);
    }

    /** The least number of rows of an embedding of it. */
    int rows() {
        return ids.isEmpty() ? 0 : Collections.max(ids.values()) + 1;
    }

    /**
     * This one, then the additional tokens of the others, each in the order of its ids. An added token keeps the entry of the
     * first that has one.
     */
    Vocabulary and(List<Vocabulary> others) {
        Map<String, Integer> all = new HashMap<>(ids);
        Map<String, ObjectNode> allAdded = new TreeMap<>(added);
        int[] next = {rows()};
        for (Vocabulary other : others) {
            other.inOrder().forEach(token -> {
                if (!all.containsKey(token)) {
                    all.put(token, next[0]++);
                }
            });
            other.added().forEach(allAdded::putIfAbsent);
        }
        return new Vocabulary(all, allAdded);
    }

    /** The added tokens of another that are matched otherwise there than here, in the order of their texts. */
    List<String> definedOtherwise(Vocabulary other) {
        return other.added().entrySet().stream()
                .filter(token -> added.containsKey(token.getKey()))
                .filter(token -> !properties(token.getValue()).equals(properties(added.get(token.getKey()))))
                .map(Map.Entry::getKey)
                .toList();
    }

    private static JsonNode properties(ObjectNode entry) {
        return entry.deepCopy().without("id");
    }

    List<String> inOrder() {
        return ids.entrySet().stream()
                .sorted(Map.Entry.comparingByValue())
                .map(Map.Entry::getKey)
                .toList();
    }
}
