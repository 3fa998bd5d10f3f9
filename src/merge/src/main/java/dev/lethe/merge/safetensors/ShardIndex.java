package dev.lethe.merge.safetensors;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lethe.merge.InvalidInput;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * {@code model.safetensors.index.json}: which file of a folder holds which tensor.
 *
 * @param files file name by tensor name
 * @param totalSize bytes of all tensors, where the index says so
 */
public record ShardIndex(SortedMap<String, String> files, OptionalLong totalSize) {
    static final String FILE = "model.safetensors.index.json";

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(SerializationFeature.INDENT_OUTPUT)
            .build();

    public ShardIndex {
        files = Collections.unmodifiableSortedMap(new TreeMap<>(files));
    }

    static ShardIndex read(Path file) {
        try {
            JsonNode json = JSON.readTree(file.toFile());
            JsonNode size = json.path("metadata").path("total_size");
            return new ShardIndex(
                    weightMap(file.toString(), json.path("weight_map")),
                    size.isNumber() ? OptionalLong.of(size.longValue()) : OptionalLong.empty());
        } catch (JsonProcessingException e) {
            throw InvalidInput.at(file.toString(), "JSON", e.getOriginalMessage(), "a JSON object");
        } catch (IOException e) {
            throw InvalidInput.unreadable(file, e);
        }
    }

    /** Writes the index into a folder: keys sorted, the same bytes for the same content. */
    public void write(Path folder) {
        Path file = folder.resolve(FILE);
        Map<String, Long> metadata = new TreeMap<>();
        totalSize.ifPresent(size -> metadata.put("total_size", size));
        ObjectNode json = JSON.createObjectNode();
        json.putPOJO("metadata", metadata);
        json.putPOJO("weight_map", files);
        try {
            Files.writeString(file, JSON.writeValueAsString(json) + "\n");
        } catch (IOException e) {
            throw InvalidInput.unwritable(file, e);
        }
    }

    /** The shards, sorted. */
    SortedSet<String> shards() {
        return new TreeSet<>(files.values());
    }

    private static SortedMap<String, String> weightMap(String file, JsonNode json) {
        if (!json.isObject() || json.isEmpty()) {
            throw InvalidInput.at(file, "weight_map", json.isMissingNode() ? "nothing" : json.toString(), "an object");
        }
        SortedMap<String, String> files = new TreeMap<>();
        json.properties().forEach(entry -> {
            String shard = entry.getValue().textValue();
            if (shard == null || !shard.matches("[^/\\\\\\x00]+\\.safetensors") || shard.startsWith(".")) {
                throw InvalidInput.at(
                        file,
                        "weight_map." + entry.getKey(),
                        entry.getValue().toString(),
                        "the plain name of a .safetensors file beside the index");
            }
            files.put(entry.getKey(), shard);
        });
        return files;
    }
}
