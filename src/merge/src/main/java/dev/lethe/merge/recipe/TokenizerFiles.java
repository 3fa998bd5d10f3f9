package dev.lethe.merge.recipe;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lethe.merge.InvalidInput;
import dev.lethe.merge.combine.ModelSettings;
import dev.lethe.merge.safetensors.ModelFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The tokenizer's files of the result: one set, all of one model.
 *
 * @param model whose tokenizer it is
 * @param union that tokenizer and the tokens of others, where the recipe asks for it
 */
record TokenizerFiles(OpenModel model, Optional<Vocabulary> union) {
    private static final String CONFIG = "tokenizer_config.json";
    private static final String SPECIAL_TOKENS = "special_tokens_map.json";

    /**
     * What describes a union as well as its first model. The files of slow tokenizers (vocab.json, merges.txt,
     * tokenizer.model, added_tokens.json) list the tokens of that model alone: a loader that prefers them would lose the
     * others.
     */
    private static final Set<String> OF_UNION =
            Set.of(Vocabulary.FILE, CONFIG, SPECIAL_TOKENS, "chat_template.jinja", "chat_template.json");

    private static final List<String> SPECIAL = List.of("bos_token", "eos_token", "pad_token");

    private static final JsonMapper JSON = new JsonMapper();

    /** @throws dev.lethe.merge.RefusedInput where a file is a link that leads out of its model's folder */
    void check() {
        ModelFiles.requireInside(model.path(), names());
    }

    void write(Path folder) {
        ModelFiles.copy(model.path(), names(), folder);
        union.ifPresent(vocabulary -> {
            ModelSettings.rewrite(folder.resolve(Vocabulary.FILE), json -> addTokens(json, vocabulary));
            ModelSettings.rewrite(folder.resolve(CONFIG), json -> describeTokens(json, vocabulary));
        });
    }

    private SortedSet<String> names() {
        SortedSet<String> names = ModelFiles.tokenizer(model.path());
        if (union.isPresent()) {
            names.retainAll(OF_UNION);
        }
        return names;
    }

    private JsonNode read(String name) {
        Path file = model.path().resolve(name);
        try {
            return Files.exists(file) ? JSON.readTree(file.toFile()) : MissingNode.getInstance();
        } catch (IOException e) {
            throw InvalidInput.unreadable(file, e);
        }
    }

    /** Adds to a {@code tokenizer.json} what it lacks; its merges stay as they are. */
    private static void addTokens(ObjectNode json, Vocabulary vocabulary) {
        ArrayNode added = json.withArray("added_tokens");
        Set<String> known = new HashSet<>();
        added.forEach(token -> known.add(token.path("content").asText()));
        JsonNode model = json.path("model").path("vocab");
        for (String token : vocabulary.inOrder()) {
            int id = vocabulary.ids().get(token);
            if (known.contains(token)) {
                continue;
            }
            if (vocabulary.added().containsKey(token)) {
                added.add(vocabulary.added().get(token).deepCopy().put("id", id));
            } else if (model instanceof ObjectNode object) {
                if (!object.has(token)) {
                    object.put(token, id);
                }
            } else if (model instanceof ArrayNode scored && id == scored.size()) {
                scored.addArray().add(token).add(0.0);
            } else if (model instanceof ArrayNode scored && id > scored.size()) {
                // A list has no place for an id beyond its end: the added tokens stand in between.
                added.add(plain(token, id));
            }
        }
    }

    private static ObjectNode plain(String token, int id) {
        ObjectNode entry = JSON.createObjectNode().put("id", id).put("content", token);
        return entry.put("single_word", false)
                .put("lstrip", false)
                .put("rstrip", false)
                .put("normalized", false)
                .put("special", false);
    }

    /** Transformers 4 lists every added token in {@code tokenizer_config.json} once more, and takes that list first. */
    private static void describeTokens(ObjectNode json, Vocabulary vocabulary) {
        if (json.get("added_tokens_decoder") instanceof ObjectNode decoder) {
            vocabulary.added().forEach((token, entry) -> {
                String id = vocabulary.ids().get(token).toString();
                if (!decoder.has(id)) {
                    decoder.set(id, entry.deepCopy().without("id"));
                }
            });
        }
    }

    /**
     * Gives the configuration and the generation's the ids of this tokenizer for the beginning, the end and padding: those
     * that came with the weights are of another.
     *
     * @param folder with the files of the result
     */
    void nameSpecialTokens(Path folder) {
        Map<String, Integer> ids = Vocabulary.read(model.path())
                .below(model.vocabularyRows().orElse(Integer.MAX_VALUE))
                .ids();
        List<JsonNode> naming =
                Stream.of(CONFIG, SPECIAL_TOKENS).map(this::read).toList();
        for (String file : ModelFiles.CONFIGURATION) {
            JsonNode own = read(file);
            Map<String, Object> changes = new HashMap<>();
            SPECIAL.forEach(
                    token -> changes.put(token + "_id", id(own.path(token + "_id"), named(naming, token), ids)));
            ModelSettings.change(folder.resolve(file), changes);
        }
    }

    /**
     * The token's id, or null where there is none: that of the text that the tokenizer's files name. A list of the model's own
     * that has it stays whole, as that of the tokens that end an answer. Where the files name none, the model's own holds.
     */
    private static @Nullable JsonNode id(JsonNode before, Optional<String> text, Map<String, Integer> ids) {
        if (text.isEmpty()) {
            return before.isMissingNode() || before.isNull() ? null : before;
        }
        Integer named = ids.get(text.get());
        if (named == null) {
            return null; // a padding token without a row: loaders refuse an id beyond the embedding
        }
        JsonNode id = IntNode.valueOf(named);
        return before.isArray() && before.valueStream().anyMatch(id::equals) ? before : id;
    }

    /** The text of a special token, which stands alone or in an object of its properties. */
    private static Optional<String> named(List<JsonNode> files, String token) {
        return files.stream()
                .map(file -> file.path(token))
                .map(value -> value.isObject() ? value.path("content") : value)
                .filter(JsonNode::isTextual)
                .map(JsonNode::textValue)
                .findFirst();
    }
}
