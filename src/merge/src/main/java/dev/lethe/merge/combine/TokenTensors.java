package dev.lethe.merge.combine;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The tensors of a model that have a row for each token: its embedding and its head, which are one where they are tied. */
public final class TokenTensors {
    /** What a head is called. */
    static final String HEAD = "lm_head.weight";

    private static final List<String> EMBEDDINGS =
            List.of("embed_tokens.weight", "wte.weight", "word_embeddings.weight");

    /** The families whose class in transformers ties where config.json does not say. */
    private static final Set<String> TIED_FAMILIES = families();

    private TokenTensors() {}

    public static boolean isHead(String tensor) {
        return tensor.endsWith(HEAD);
    }

    public static boolean isEmbedding(String tensor) {
        return EMBEDDINGS.stream().anyMatch(tensor::endsWith);
    }

    /** The embedding among the tensors of a model. */
    public static Optional<String> embedding(Collection<String> tensors) {
        return tensors.stream().filter(TokenTensors::isEmbedding).sorted().findFirst();
    }

    /** Whether head and embedding are one: as config.json says, else as the default of its {@code model_type} has it. */
    public static boolean tied(JsonNode config) {
        JsonNode said = config.path("tie_word_embeddings");
        return said.isMissingNode()
                ? TIED_FAMILIES.contains(config.path("model_type").asText())
                : said.asBoolean(false);
    }

    /** Of transformers 5.24: each name of {@code CONFIG_MAPPING} whose class's {@code tie_word_embeddings} is true. */
    private static Set<String> families() {
        try (InputStream in = TokenTensors.class.getResourceAsStream("tied-families.txt")) {
            return new String(Objects.requireNonNull(in).readAllBytes(), UTF_8)
                    .lines()
                    .collect(Collectors.toUnmodifiableSet());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
