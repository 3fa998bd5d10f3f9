package dev.lethe.unlearning.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lethe.merge.InvalidInput;
import dev.lethe.unlearning.model.JsonDocument;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/** The special tokens that the configuration files name. */
record SpecialTokens(int eos, int pad, SortedSet<Integer> stops, Optional<Integer> modelVocabulary) {

    static SpecialTokens read(Path folder, Map<String, Integer> ids) {
        Optional<JsonDocument> tokenizer = optional(folder.resolve("tokenizer_config.json"));
        Optional<JsonDocument> model = optional(folder.resolve("config.json"));
        Optional<JsonDocument> generation = optional(folder.resolve("generation_config.json"));
        SortedSet<Integer> stops = new TreeSet<>(modelIds(generation, "eos_token_id")
                .or(() -> modelIds(model, "eos_token_id"))
                .orElse(List.of()));
        Optional<Integer> modelEos = stops.isEmpty() ? Optional.empty() : Optional.of(stops.getFirst());
        int eos = named(tokenizer, "eos_token", ids)
                .or(() -> modelEos)
                .orElseThrow(() -> InvalidInput.at(
                        folder.resolve("tokenizer_config.json").toString(), "eos_token", "nothing", "a token"));
        if (stops.isEmpty()) {
            stops.add(eos);
        }
        Optional<Integer> modelPad = modelIds(model, "pad_token_id")
                .or(() -> modelIds(generation, "pad_token_id"))
                .map(List::getFirst)
                .filter(id -> id >= 0);
        Optional<Integer> rows = model.flatMap(config -> config.integer("vocab_size", 1));
        int pad = named(tokenizer, "pad_token", ids)
                .or(() -> modelPad)
                .filter(id -> rows.isEmpty() || id < rows.get())
                .orElse(eos);
        return new SpecialTokens(eos, pad, stops, rows);
    }

    private static Optional<JsonDocument> optional(Path file) {
        return Files.exists(file) ? Optional.of(JsonDocument.read(file)) : Optional.empty();
    }

    /** The id of a token that tokenizer_config.json names by its text, or by an object with its content. */
    private static Optional<Integer> named(Optional<JsonDocument> config, String field, Map<String, Integer> ids) {
        return config.flatMap(document -> document.field(field).map(value -> {
            String token = value.isObject() ? value.path("content").asText() : value.asText();
            return Optional.ofNullable(ids.get(token))
                    .orElseThrow(() -> document.refused(field, "a token of tokenizer.json"));
        }));
    }

    /** One id or several. */
    private static Optional<List<Integer>> modelIds(Optional<JsonDocument> config, String field) {
        return config.flatMap(document -> document.field(field).map(value -> {
            List<JsonNode> nodes = value.isArray() ? value.valueStream().toList() : List.of(value);
            if (nodes.isEmpty() || !nodes.stream().allMatch(JsonNode::canConvertToInt)) {
                throw document.refused(field, "a token id, or a list of them");
            }
            return nodes.stream().map(JsonNode::intValue).toList();
        }));
    }
}
