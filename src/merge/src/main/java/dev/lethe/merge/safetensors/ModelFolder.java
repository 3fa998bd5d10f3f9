package dev.lethe.merge.safetensors;

import dev.lethe.merge.InvalidInput;
import dev.lethe.merge.RefusedInput;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The weights of a Hugging Face model folder as one set of named tensors, whether they lie in {@code model.safetensors}
 * or in shards with an index. Where both are there {@code model.safetensors} counts, and of a shard all that it holds,
 * as transformers reads them. Rotary frequencies, which old exports stored beside the weights, are left out: they follow
 * from the configuration.
 */
public final class ModelFolder implements AutoCloseable {
    static final String SINGLE = "model.safetensors";
    /** Weights under another name or in another format. */
    private static final Pattern OTHER = Pattern.compile(".*\\.(gguf|h5|msgpack|onnx|safetensors)");

    /** What loaders look for behind an index. */
    private static final Pattern SHARD = Pattern.compile("model-\\d+-of-\\d+\\.safetensors");

    private static final Pattern BUFFER =
            Pattern.compile("(.*\\.)?rotary_emb\\.(inv_freq|original_inv_freq|cos_cached|sin_cached)");

    private static final Pattern PICKLE = Pattern.compile(".*\\.(bin|pt|pth|ckpt|pkl|pickle)");

    private final Path folder;
    private final SortedMap<String, SafetensorsFile> shards = new TreeMap<>();
    private final SortedMap<String, SafetensorsFile> shardOfTensor = new TreeMap<>();
    private final List<String> warnings = new ArrayList<>();
    private final boolean sharded;

    private ModelFolder(Path folder) {
        this.folder = folder;
        this.sharded = !Files.isRegularFile(folder.resolve(SINGLE));
    }

    /**
     * Opens a folder and validates every header, and the index against them.
     *
     * @throws RefusedInput where the only weights are pickle files, which may run code when they are read
     * @throws InvalidInput where there are no weights, or header and index break a rule; the message names the file
     */
    public static ModelFolder open(Path folder) {
        ModelFolder model = new ModelFolder(folder);
        try {
            model.openShards();
            return model;
        } catch (RuntimeException e) {
            model.close();
            throw e;
        }
    }

    public Path folder() {
        return folder;
    }

    /** Names of all tensors, sorted. */
    public SortedSet<String> names() {
        return Collections.unmodifiableSortedSet(new TreeSet<>(shardOfTensor.keySet()));
    }

    /** The safetensors files by file name, sorted. */
    public SortedMap<String, SafetensorsFile> shards() {
        return Collections.unmodifiableSortedMap(shards);
    }

    /** Whether the weights lie where an index says, even if it is one shard. */
    public boolean isSharded() {
        return sharded;
    }

    public boolean contains(String name) {
        return shardOfTensor.containsKey(name);
    }

    /** The file that holds a tensor. */
    public SafetensorsFile file(String name) {
        return shard(name);
    }

    /** Type and shape of a tensor. */
    public TensorInfo info(String name) {
        return shard(name).info(name);
    }

    /** The bytes of a tensor: read-only, little-endian, at any alignment, valid until {@link #close}. */
    public MemorySegment data(String name) {
        return shard(name).data(name);
    }

    /** Whether a tensor of this name is no weight: it follows from the configuration. */
    public static boolean isBuffer(String name) {
        return BUFFER.matcher(name).matches();
    }

    /** What is odd but harmless, such as an index whose total size is wrong; one line each. */
    public List<String> warnings() {
        return List.copyOf(warnings);
    }

    /**
     * Reads tensors through, all of them where none is named, and refuses the first NaN or infinity. Tensors that are
     * not F32, F16 or BF16 pass.
     *
     * @throws InvalidInput naming file, tensor and element
     */
    public void requireFinite(String... names) {
        for (String name : names.length == 0 ? names() : List.of(names)) {
            shard(name).requireFinite(name);
        }
    }

    @Override
    public void close() {
        shards.values().forEach(SafetensorsFile::close);
    }

    private SafetensorsFile shard(String name) {
        SafetensorsFile shard = shardOfTensor.get(name);
        if (shard == null) {
            throw InvalidInput.at(folder.toString(), name, "no such tensor", "one of the model's tensors");
        }
        return shard;
    }

    private void openShards() {
        Path index = folder.resolve(ShardIndex.FILE);
        boolean indexed = Files.isRegularFile(index);
        if (!sharded) {
            SafetensorsFile file = openShard(SINGLE);
            file.tensors().keySet().forEach(name -> shardOfTensor.put(name, file));
            if (indexed) {
                warnings.add("%s: not read, since %s is there".formatted(index, SINGLE));
            }
        } else if (indexed) {
            openIndexed(index);
        } else {
            throw noWeights();
        }
        leaveOutBuffers();
    }

    private void openIndexed(Path path) {
        ShardIndex index = ShardIndex.read(path);
        index.shards().forEach(this::openShard);
        index.files().forEach((name, shard) -> {
            if (!shards.get(shard).tensors().containsKey(name)) {
                throw InvalidInput.at(path.toString(), "weight_map." + name, shard, "a file that has this tensor");
            }
            shardOfTensor.put(name, shards.get(shard));
        });
        List<String> unlisted = new ArrayList<>();
        shards.values().forEach(file -> file.tensors().keySet().forEach(name -> {
            SafetensorsFile holder = shardOfTensor.putIfAbsent(name, file);
            if (holder == null) {
                unlisted.add(name);
            } else if (holder != file) {
                throw InvalidInput.at(
                        file.path().toString(),
                        name,
                        "a second copy of it in " + holder.path().getFileName(),
                        "each tensor once");
            }
        }));
        if (!unlisted.isEmpty()) {
            warnings.add("%s: weight_map: found no %s, read all the same: a file that it names has %s"
                    .formatted(path, some(unlisted), unlisted.size() == 1 ? "it" : "them"));
        }
        checkUnread(path, index);
        checkTotalSize(path, index);
    }

    private static String some(List<String> names) {
        return names.size() == 1 ? names.getFirst() : "%s and %d more".formatted(names.getFirst(), names.size() - 1);
    }

    private void checkUnread(Path path, ShardIndex index) {
        try (Stream<Path> files = Files.list(folder)) {
            List<String> unread = files.map(file -> file.getFileName().toString())
                    .filter(SHARD.asMatchPredicate())
                    .filter(name -> !index.shards().contains(name))
                    .sorted()
                    .toList();
            if (!unread.isEmpty()) {
                warnings.add("%s: weight_map: found no %s beside it: not read".formatted(path, some(unread)));
            }
        } catch (IOException e) {
            throw InvalidInput.unreadable(folder, e);
        }
    }

    private void checkTotalSize(Path path, ShardIndex index) {
        long size = shardOfTensor.keySet().stream()
                .mapToLong(name -> info(name).bytes())
                .sum();
        index.totalSize().ifPresent(said -> {
            if (said != size) {
                warnings.add("%s: metadata.total_size: found %d, the tensors have %d".formatted(path, said, size));
            }
        });
    }

    private void leaveOutBuffers() {
        List<String> buffers =
                shardOfTensor.keySet().stream().filter(ModelFolder::isBuffer).toList();
        shardOfTensor.keySet().removeAll(buffers);
        if (!buffers.isEmpty()) {
            warnings.add("%s: %s: left out, since rotary frequencies follow from the configuration"
                    .formatted(folder, some(buffers)));
        }
    }

    private SafetensorsFile openShard(String name) {
        SafetensorsFile file = SafetensorsFile.open(folder.resolve(name));
        shards.put(name, file);
        return file;
    }

    private RuntimeException noWeights() {
        if (!Files.isDirectory(folder)) {
            String found = Files.exists(folder) ? "a file" : "nothing";
            return InvalidInput.at(folder.toString(), "folder", found, "a folder with " + SINGLE);
        }
        try (Stream<Path> files = Files.list(folder)) {
            List<String> names =
                    files.map(file -> file.getFileName().toString()).sorted().toList();
            Optional<String> pickle =
                    names.stream().filter(PICKLE.asMatchPredicate()).findFirst();
            Optional<String> other =
                    names.stream().filter(OTHER.asMatchPredicate()).findFirst();
            return pickle.<RuntimeException>map(name -> RefusedInput.at(
                            folder.resolve(name).toString(),
                            "format",
                            "a pickle file, which may run code when read",
                            SINGLE))
                    .orElseGet(() -> InvalidInput.at(
                            folder.toString(),
                            "weights",
                            other.map(name -> "none but " + name).orElse("none"),
                            "%s or %s".formatted(SINGLE, ShardIndex.FILE)));
        } catch (IOException e) {
            return InvalidInput.unreadable(folder, e);
        }
    }
}
