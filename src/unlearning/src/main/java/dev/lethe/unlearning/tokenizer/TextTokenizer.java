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

    private final Path file;
    private final HuggingFaceTokenizer tokenizer;
    private final int vocabSize;
    private final SpecialTokens special;

    private TextTokenizer(Path file, HuggingFaceTokenizer tokenizer, int vocabSize, SpecialTokens special) {
        this.file = file;
        this.tokenizer = tokenizer;
        this.vocabSize = vocabSize;
        this.special = special;
    }

    /**
     * Reads the tokenizer of a model folder.
     *
     * @throws InvalidInput where a file is missing or malformed, or no end-of-sequence token is named
     */
    public static TextTokenizer load(Path folder) {
        Path file = folder.resolve("tokenizer.json");
        JsonDocument document = JsonDocument.read(file);
        Map<String, Integer> ids = vocabulary(document);
        int size = ids.values().stream().mapToInt(id -> id + 1).max().orElse(0);
        return new TextTokenizer(file, open(file), size, SpecialTokens.read(folder, ids));
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
     * @throws InvalidInput where the model's embedding has no row for one of them
     */
    public int[] encode(String text, boolean addSpecial) {
        return Arrays.stream(tokenizer.encode(text, addSpecial, false).getIds())
                .mapToInt(Math::toIntExact)
                .map(this::requireRow)
                .toArray();
    }

    private int requireRow(int id) {
        if (!hasRow(id)) {
            throw InvalidInput.at(
                    file.toString(),
                    "token",
                    String.valueOf(id),
                    "an id below vocab_size of config.json, "
                            + special.modelVocabulary().orElseThrow());
        }
        return id;
    }

    private boolean hasRow(int id) {
        return special.modelVocabulary().map(rows -> id < rows).orElse(true);
    }

    /** Whether texts may have tokens for which the model's embedding has no row, as it often has none for padding. */
    public boolean exceedsModel() {
        return !hasRow(vocabSize - 1);
    }

    /**
     * The text of ids; incomplete UTF-8 becomes U+FFFD. Spaces before punctuation stay.
     *
     * @param skipSpecial whether to leave special tokens out
     */
    public String decode(int[] ids, boolean skipSpecial) {
        return tokenizer.decode(Arrays.stream(ids).asLongStream().toArray(), skipSpecial);
    }

    /**
     * The token that ends a text: {@code eos_token} of tokenizer_config.json, else of the model's configuration.
     *
     * @throws InvalidInput where the model's embedding has no row for it
     */
    public int eosId() {
        return requireRow(special.eos());
    }

    /**
     * The token that fills rows: {@code pad_token}, else {@code pad_token_id} of the model, else the end of a text, which also
     * fills them where the model has no row for the first two.
     */
    public int padId() {
        return special.pad();
    }

    /** The tokens that end a generation: {@code eos_token_id} of generation_config.json, else of config.json. */
    public SortedSet<Integer> stopIds() {
        return special.stops();
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
