package dev.lethe.worker.preflight;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.lethe.api.resource.Source;
import dev.lethe.api.resource.Specialist;
import dev.lethe.merge.InvalidInput;
import dev.lethe.merge.RefusedInput;
import dev.lethe.unlearning.model.BaseModel;
import dev.lethe.unlearning.model.ModelConfig;
import dev.lethe.worker.FileUris;
import dev.lethe.worker.publication.Payload;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Checks the base model: a supported architecture whose weights, vocabulary and positions fit together. */
final class ModelCheck {
    private static final JsonMapper JSON = new JsonMapper();
    private static final String TOKENIZER = "tokenizer.json";

    private @Nullable ModelConfig config;

    void check(Source source) {
        Path folder = FileUris.path(source.uri());
        if (!Files.isDirectory(folder)) {
            throw InvalidInput.at(
                    folder.toString(),
                    "model",
                    Files.exists(folder) ? "a file" : "nothing",
                    "a Hugging Face model folder");
        }
        ModelConfig read = BaseModel.check(folder);
        config = read;
        checkVocabulary(folder.resolve(TOKENIZER), read);
        if (source.digest() != null) {
            String digest = Payload.of(folder).digest();
            if (!digest.equals(source.digest())) {
                throw RefusedInput.at(folder.toString(), "digest", digest, source.digest());
            }
        }
    }

    void checkLength(Specialist specialist) {
        int length = Objects.requireNonNull(
                Objects.requireNonNull(specialist.training()).maxLength());
        if (config != null && length > config.maxPositions()) {
            throw InvalidInput.at(
                    "training",
                    "maxLength",
                    String.valueOf(length),
                    "at most the model's " + config.maxPositions() + " positions");
        }
    }

    /** Number of weights; 0 where the model could not be read. */
    long parameters() {
        return config == null
                ? 0
                : config.weightShapes().values().stream()
                        .mapToLong(shape -> Arrays.stream(shape).reduce(1, (a, b) -> a * b))
                        .sum();
    }

    String family() {
        return config == null ? "" : config.architecture().descriptor().name();
    }

    /** Every id that the tokenizer can give must have a row in the embedding. */
    private static void checkVocabulary(Path tokenizer, ModelConfig config) {
        if (!Files.isRegularFile(tokenizer)) {
            throw InvalidInput.at(tokenizer.toString(), "file", "nothing", "the model's tokenizer");
        }
        try {
            JsonNode json = JSON.readTree(tokenizer.toFile());
            int largest = -1;
            for (JsonNode id : json.path("model").path("vocab")) {
                largest = Math.max(largest, id.asInt(-1));
            }
            for (JsonNode token : json.path("added_tokens")) {
                largest = Math.max(largest, token.path("id").asInt(-1));
            }
            if (largest >= config.vocabSize()) {
                throw InvalidInput.at(
                        tokenizer.toString(),
                        "largest id",
                        String.valueOf(largest),
                        "less than the model's vocab_size " + config.vocabSize());
            }
        } catch (IOException e) {
            throw InvalidInput.unreadable(tokenizer, e);
        }
    }
}
