package dev.lethe.worker.preflight;

import dev.lethe.api.resource.Source;
import dev.lethe.api.resource.Specialist;
import dev.lethe.merge.InvalidInput;
import dev.lethe.merge.RefusedInput;
import dev.lethe.unlearning.chat.ChatTemplate;
import dev.lethe.unlearning.data.Prompting;
import dev.lethe.unlearning.data.RowEncoding;
import dev.lethe.unlearning.model.BaseModel;
import dev.lethe.unlearning.model.ModelConfig;
import dev.lethe.unlearning.tokenizer.TextTokenizer;
import dev.lethe.worker.FileUris;
import dev.lethe.worker.engine.EngineSettings;
import dev.lethe.worker.publication.Payload;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Checks the base model: a supported architecture whose weights, vocabulary and positions fit together. */
final class ModelCheck {
    private final Source source;
    private final Path folder;
    private @Nullable ModelConfig config;

    ModelCheck(Source source) {
        this.source = source;
        this.folder = FileUris.path(source.uri());
    }

    void check() {
        if (!Files.isDirectory(folder)) {
            throw InvalidInput.at(
                    folder.toString(),
                    "model",
                    Files.exists(folder) ? "a file" : "nothing",
                    "a Hugging Face model folder");
        }
        config = BaseModel.check(folder);
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

    /** The model's shape, of one that passed. */
    ModelConfig config() {
        return Objects.requireNonNull(config);
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

    /**
     * Puts the prompts as the model will be asked, and checks that every token of the rows has a row in the embedding: a
     * tokenizer may have more of them, as for padding.
     *
     * @throws InvalidInput naming the first row of data that the model's template refuses, or that has another token
     */
    void checkPrompts(@Nullable String template, DataCheck data) {
        if (config != null) {
            try (TextTokenizer tokenizer = TextTokenizer.load(folder)) {
                data.prompt(EngineSettings.prompting(template, folder, tokenizer));
                data.rows().values().forEach(rows -> RowEncoding.requireTokensOfModel(tokenizer, rows));
            }
        }
    }

    /**
     * Remarks that are no errors, a line each.
     *
     * @param mode which prompts the job puts into the model's template
     */
    List<String> notes(Prompting.Mode mode) {
        return mode == Prompting.Mode.NONE && ChatTemplate.isIn(folder)
                ? List.of(folder
                        + ": has a chat template, which is not applied: rows are trained and asked as plain text")
                : List.of();
    }
}
