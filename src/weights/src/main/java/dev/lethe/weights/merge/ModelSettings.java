package dev.lethe.weights.merge;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lethe.weights.InvalidInput;
import dev.lethe.weights.safetensors.Dtype;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What a model folder has beside its weights: configuration, tokenizer, templates and licences. Weights of other formats,
 * code and hidden files stay behind.
 */
public final class ModelSettings {
    private static final String CONFIG = "config.json";
    private static final Pattern SETTINGS =
            Pattern.compile("[^.].*\\.(json|txt|model|jinja|tiktoken)|(LICENSE|NOTICE).*", Pattern.CASE_INSENSITIVE);
    private static final Pattern INDEX = Pattern.compile(".*\\.index\\.json");
    private static final JsonMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    private ModelSettings() {}

    /** Copies the settings; where a type is given, {@code config.json} names it. */
    static void copy(Path from, Path to, Optional<Dtype> dtype) {
        copy(from, to, dtype, Map.of());
    }

    /**
     * As above.
     *
     * @param changes values of {@code config.json} that are no longer true
     */
    public static void copy(Path from, Path to, Optional<Dtype> dtype, Map<String, ?> changes) {
        for (Path file : settings(from)) {
            Path copy = to.resolve(file.getFileName().toString());
            try {
                Files.copy(file, copy, StandardCopyOption.REPLACE_EXISTING);
            } catch (IOException e) {
                throw InvalidInput.unwritable(copy, e);
            }
        }
        if (Files.exists(to.resolve(CONFIG)) && (dtype.isPresent() || !changes.isEmpty())) {
            change(to.resolve(CONFIG), dtype, changes);
        }
    }

    private static List<Path> settings(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(Files::isRegularFile)
                    .filter(file -> isSetting(file.getFileName().toString()))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw InvalidInput.unreadable(folder, e);
        }
    }

    private static boolean isSetting(String name) {
        return SETTINGS.matcher(name).matches() && !INDEX.matcher(name).matches();
    }

    /** Transformers 5 writes {@code dtype}, earlier releases {@code torch_dtype}; loaders follow what is written. */
    private static void change(Path config, Optional<Dtype> dtype, Map<String, ?> changes) {
        try {
            JsonNode json = JSON.readTree(config.toFile());
            if (!(json instanceof ObjectNode object)) {
                throw InvalidInput.at(
                        config.toString(), "JSON", json.getNodeType().toString(), "an object");
            }
            dtype.ifPresent(type -> object.put(object.has("dtype") ? "dtype" : "torch_dtype", name(type)));
            changes.forEach(object::putPOJO);
            Files.writeString(config, JSON.writeValueAsString(object) + "\n");
        } catch (JsonProcessingException e) {
            throw InvalidInput.at(config.toString(), "JSON", e.getOriginalMessage(), "a JSON object");
        } catch (IOException e) {
            throw InvalidInput.unwritable(config, e);
        }
    }

    private static String name(Dtype dtype) {
        return switch (dtype) {
            case F16 -> "float16";
            case BF16 -> "bfloat16";
            case F64 -> "float64";
            default -> "float32";
        };
    }
}
