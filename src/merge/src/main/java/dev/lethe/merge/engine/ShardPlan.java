package dev.lethe.merge.engine;

import dev.lethe.merge.safetensors.TensorInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Which file holds which tensor: in the order of the names, a new file where the next tensor would not fit; a tensor that
 * is larger than the limit has a file of its own. One file is {@code model.safetensors}, several are {@code
 * model-00001-of-0000N.safetensors} with an index.
 *
 * @param files kinds by tensor name, by file name
 * @param indexed whether there is an index, even if of one file
 * @param metadata by file name
 */
public record ShardPlan(
        SortedMap<String, SortedMap<String, TensorInfo>> files,
        boolean indexed,
        SortedMap<String, Map<String, String>> metadata) {
    private static final String SUFFIX = ".safetensors";

    /** @param stem {@code model} or {@code adapter_model} */
    public static ShardPlan of(
            String stem, SortedMap<String, TensorInfo> infos, long most, Map<String, String> metadata) {
        List<SortedMap<String, TensorInfo>> shards = new ArrayList<>();
        shards.add(new TreeMap<>());
        long size = 0;
        for (var entry : infos.entrySet()) {
            long bytes = entry.getValue().bytes();
            if (size > 0 && size + bytes > most) {
                shards.add(new TreeMap<>());
                size = 0;
            }
            shards.getLast().put(entry.getKey(), entry.getValue());
            size += bytes;
        }
        SortedMap<String, SortedMap<String, TensorInfo>> files = new TreeMap<>();
        SortedMap<String, Map<String, String>> metadataOfFiles = new TreeMap<>();
        for (int i = 0; i < shards.size(); i++) {
            String name = shards.size() == 1 ? stem : "%s-%05d-of-%05d".formatted(stem, i + 1, shards.size());
            files.put(name + SUFFIX, shards.get(i));
            metadataOfFiles.put(name + SUFFIX, metadata);
        }
        return new ShardPlan(files, files.size() > 1, metadataOfFiles);
    }

    /** The file of each tensor. */
    public SortedMap<String, String> fileOfTensor() {
        SortedMap<String, String> of = new TreeMap<>();
        files.forEach((file, tensors) -> tensors.keySet().forEach(tensor -> of.put(tensor, file)));
        return of;
    }
}
