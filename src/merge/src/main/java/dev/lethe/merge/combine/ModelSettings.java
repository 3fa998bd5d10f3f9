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
import java.util.Map;
import java.util.Optional;

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

    /** Copies the settings; where a type is given, {@code config.json} names it. */
    static void copy(Path from, Path to, Optional<Dtype> dtype) {
        copy(from, to, dtype, Map.of());
    }

    /**
     * As above.
     *
     * @param changes new values of {@code config.json}
     */
    public static void copy(Path from, Path to, Optional<Dtype> dtype, Map<String, ?> changes) {
        ModelFiles.copy(from, ModelFiles.settings(from), to);
        if (Files.exists(to.resolve(CONFIG)) && (dtype.isPresent() || !changes.isEmpty())) {
            change(to.resolve(CONFIG), dtype, changes);
        }
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
