package dev.lethe.unlearning.tokenizer;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import com.fasterxml.jackson.databind.JsonNode;
import dev.lethe.merge.InvalidInput;
import dev.lethe.unlearning.model.JsonDocument;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedSet;

/**
 * The tokenizer of a Hugging Face folder: {@code tokenizer.json}, with special tokens as {@code tokenizer_config.json},
 * {@code config.json} and {@code generation_config.json} name them. Texts are never truncated or padded here.
 */
public final class TextTokenizer implements AutoCloseable {

    private final HuggingFaceTokenizer tokenizer;
    private final int vocabSize;
    private final int eosId;
    private final int padId;
    private final SortedSet<Integer> stopIds;

    private TextTokenizer(
            HuggingFaceTokenizer tokenizer, int vocabSize, int eosId, int padId, SortedSet<Integer> stopIds) {
        this.tokenizer = tokenizer;
        this.vocabSize = vocabSize;
        this.eosId = eosId;
        this.padId = padId;
        this.stopIds = stopIds;
    }

    /**
     * Reads the tokenizer of a model folder.
     *
     * @throws InvalidInput where a file is missing or malformed, no end-of-sequence token is named, or the tokenizer has ids
     *     beyond the {@code vocab_size} of config.json
     */
    public static TextTokenizer load(Path folder) {
        Path file = folder.resolve("tokenizer.json");
        JsonDocument document = JsonDocument.read(file);
        Map<String, Integer> ids = vocabulary(document);
        int size = ids.values().stream().mapToInt(id -> id + 1).max().orElse(0);
        SpecialTokens special = SpecialTokens.read(folder, ids);
        special.modelVocabulary().filter(model -> size > model).ifPresent(model -> {
            throw InvalidInput.at(
                    file.toString(), "vocabulary", size + " ids", "at most vocab_size of config.json, " + model);
        });
        return new TextTokenizer(open(file), size, special.eos(), special.pad(), special.stops());
    }

    private static HuggingFaceTokenizer open(Path file) {
        try {
            return HuggingFaceTokenizer.builder()
                    .optTokenizerPath(file)
                    .optTruncation(false)
                    .optPadding(false)
                    .build();
        } catch (IOException | RuntimeException e) {
            throw InvalidInput.at(file.toString(), "tokenizer", String.valueOf(e.getMessage()), "a tokenizer.json");
        }
    }

    private static Map<String, Integer> vocabulary(JsonDocument document) {
        Map<String, Integer> ids = new HashMap<>();
        JsonNode vocabulary = document.object("model")
                .flatMap(model -> model.field("vocab"))
                .orElseThrow(() -> InvalidInput.at(document.name(), "model.vocab", "nothing", "tokens and their ids"));
        if (vocabulary.isObject()) {
            vocabulary
                    .properties()
                    .forEach(entry -> ids.put(entry.getKey(), entry.getValue().asInt()));
        } else {
            // Unigram models list [token, score] pairs by id.
            for (int id = 0; id < vocabulary.size(); id++) {
                ids.put(vocabulary.get(id).path(0).asText(), id);
            }
        }
        document.field("added_tokens")
                .ifPresent(tokens -> tokens.forEach(token ->
                        ids.put(token.path("content").asText(), token.path("id").asInt())));
        return ids;
    }

    /**
     * The ids of a text.
     *
     * @param addSpecial whether to add what the tokenizer adds to every text, such as a token for its beginning
     */
    public int[] encode(String text, boolean addSpecial) {
        return Arrays.stream(tokenizer.encode(text, addSpecial, false).getIds())
                .mapToInt(Math::toIntExact)
                .toArray();
    }

    /**
     * The text of ids; incomplete UTF-8 becomes U+FFFD. Spaces before punctuation stay.
     *
     * @param skipSpecial whether to leave special tokens out
     */
    public String decode(int[] ids, boolean skipSpecial) {
        return tokenizer.decode(Arrays.stream(ids).asLongStream().toArray(), skipSpecial);
    }

    /** The token that ends a text: {@code eos_token} of tokenizer_config.json, else of the model's configuration. */
    public int eosId() {
        return eosId;
    }

    /** The token that fills rows: {@code pad_token}, else {@code pad_token_id} of the model, else the end of a text. */
    public int padId() {
        return padId;
    }

    /** The tokens that end a generation: {@code eos_token_id} of generation_config.json, else of config.json. */
    public SortedSet<Integer> stopIds() {
        return stopIds;
    }

    /** The largest id, plus one. */
    public int vocabSize() {
        return vocabSize;
    }

    @Override
    public void close() {
        tokenizer.close();
    }
}
