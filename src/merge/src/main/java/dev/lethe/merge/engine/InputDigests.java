package dev.lethe.merge.engine;

import dev.lethe.merge.digest.Digest;
import dev.lethe.merge.digest.FileDigests;
import dev.lethe.merge.safetensors.ModelFiles;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The digests of the weights that were read, computed in parallel: of an input's safetensors files and their index.
 * Other files may say where and when they were made, and would make equal merges differ.
 */
final class InputDigests {
    private InputDigests() {}

    private record InputFile(String input, Path folder, String name) {
        Path path() {
            return folder.resolve(name);
        }
    }

    private static boolean isWeights(String name) {
        return name.endsWith(".safetensors") || name.endsWith(".safetensors.index.json");
    }

    /** @param others more files whose digests will be needed, computed at the same time */
    static SortedMap<String, String> of(
            SortedMap<String, Path> inputs, List<Path> others, FileDigests known, WorkerThreads workers) {
        List<InputFile> files = new ArrayList<>();
        inputs.forEach((input, folder) -> ModelFiles.counted(folder).stream()
                .filter(InputDigests::isWeights)
                .forEach(name -> files.add(new InputFile(input, folder, name))));
        List<Path> all = new ArrayList<>(others);
        files.forEach(file -> all.add(file.path()));
        List<String> digests = workers.map(all, known::of).subList(others.size(), all.size());
        SortedMap<String, SortedMap<String, String>> listings = new TreeMap<>();
        for (int i = 0; i < files.size(); i++) {
            InputFile file = files.get(i);
            listings.computeIfAbsent(file.input(), name -> new TreeMap<>()).put(file.name(), digests.get(i));
        }
        SortedMap<String, String> result = new TreeMap<>();
        listings.forEach((input, listing) -> result.put(input, Digest.ofListing(listing)));
        return result;
    }
}
