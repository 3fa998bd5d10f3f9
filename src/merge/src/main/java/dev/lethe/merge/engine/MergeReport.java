package dev.lethe.merge.engine;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lethe.merge.safetensors.ModelFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;

/**
 * What a merge read and wrote: it shows whether two merges are the same, and what trimming dropped. Equal merges write
 * equal bytes.
 *
 * @param configuration what was asked for, as JSON
 * @param inputs digest of each input's folder by name; empty where they were not wanted
 * @param tensors by name
 * @param notes what is worth a look or was left out
 * @param bytes size of all tensors
 */
public record MergeReport(
        String configuration,
        SortedMap<String, String> inputs,
        SortedMap<String, TensorReport> tensors,
        List<String> notes,
        long bytes) {
    /** The name of the file beside the weights. */
    public static final String FILE = ModelFiles.MERGE_MANIFEST;

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(SerializationFeature.INDENT_OUTPUT)
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
            .build();

    void write(Path folder) {
        try {
            ObjectNode json = JSON.createObjectNode();
            json.set("configuration", JSON.readTree(configuration));
            json.putPOJO("inputs", inputs);
            json.putPOJO("notes", notes);
            json.putPOJO("tensors", tensors);
            Files.writeString(folder.resolve(FILE), JSON.writeValueAsString(json) + "\n");
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("the configuration is JSON that we wrote", e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Elements that survived trimming, of all inputs and tensors. */
    public long kept() {
        return tensors.values().stream()
                .flatMap(tensor -> tensor.kept().stream())
                .mapToLong(Long::longValue)
                .sum();
    }

    /** Elements whose votes cancelled exactly. */
    public long cancellations() {
        return tensors.values().stream().mapToLong(TensorReport::cancellations).sum();
    }
}
