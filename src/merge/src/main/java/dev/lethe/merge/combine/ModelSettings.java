package dev.lethe.merge.combine;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lethe.merge.InvalidInput;
import dev.lethe.merge.safetensors.Dtype;
import dev.lethe.merge.safetensors.ModelFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** The files beside the weights of a model, for a model that is made from it: see {@link ModelFiles#settings}. */
public final class ModelSettings {
    private static final String CONFIG = "config.json";
    private static final JsonMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    private ModelSettings() {}

    /**
     * Checks before the work begins that the settings can be copied.
     *
     * @throws dev.lethe.merge.RefusedInput where one is a link that leads out of the folder
     */
    public static void check(Path from) {
        ModelFiles.requireInside(from, ModelFiles.settings(from));
    }

    /** Copies all settings, as below. */
    static void copy(Path from, Path to, Optional<Dtype> dtype, Map<String, ?> changes) {
        copy(from, ModelFiles.settings(from), to, dtype, changes);
    }

    /**
     * Copies settings; where a type is given, {@code config.json} names it.
     *
     * @param names of the files to copy
     * @param changes new values of {@code config.json}; null takes a field away
     */
    public static void copy(
            Path from, Collection<String> names, Path to, Optional<Dtype> dtype, Map<String, ?> changes) {
        ModelFiles.copy(from, names, to);
        change(to.resolve(CONFIG), dtype, changes);
    }

    /**
     * Changes a file of settings where it is there.
     *
     * @param changes new values; null takes a field away
     */
    public static void change(Path file, Map<String, ?> changes) {
        change(file, Optional.empty(), changes);
    }

    /** Transformers 5 writes {@code dtype}, earlier releases {@code torch_dtype}; loaders follow what is written. */
    private static void change(Path config, Optional<Dtype> dtype, Map<String, ?> changes) {
        if (dtype.isPresent() || !changes.isEmpty()) {
            rewrite(config, json -> {
                dtype.ifPresent(type -> json.put(json.has("dtype") ? "dtype" : "torch_dtype", name(type)));
                changes.forEach((field, value) -> {
                    if (value == null) {
                        json.remove(field);
                    } else {
                        json.putPOJO(field, value);
                    }
                });
            });
        }
    }

    /**
     * Changes a file that holds one JSON object, where it is there.
     *
     * @throws InvalidInput where it holds something else, or cannot be read or written
     */
    public static void rewrite(Path file, Consumer<ObjectNode> change) {
        if (!Files.exists(file)) {
            return;
        }
        try {
            JsonNode json = JSON.readTree(file.toFile());
            if (!(json instanceof ObjectNode object)) {
                throw InvalidInput.at(
                        file.toString(), "JSON", json.getNodeType().toString(), "an object");
            }
            change.accept(object);
            Files.writeString(file, JSON.writeValueAsString(object) + "\n");
        } catch (JsonProcessingException e) {
            throw InvalidInput.at(file.toString(), "JSON", e.getOriginalMessage(), "a JSON object");
        } catch (IOException e) {
            throw InvalidInput.unwritable(file, e);
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
