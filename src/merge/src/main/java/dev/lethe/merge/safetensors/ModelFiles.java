package dev.lethe.merge.safetensors;

import dev.lethe.merge.InvalidInput;
import dev.lethe.merge.RefusedInput;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Which files of a folder belong to the model in it. Everything else is foreign: code, pickles, notes, weights that no
 * index names, an adapter. It is not copied, not published, and no part of a model's digest.
 */
public final class ModelFiles {
    /** The manifest that a merge writes beside its weights; it belongs to that model alone. */
    public static final String MERGE_MANIFEST = "merge-manifest.json";

    /** What describes the model itself, and how it answers. */
    public static final List<String> CONFIGURATION = List.of("config.json", "generation_config.json");

    private static final Set<String> TOKENIZER = Set.of(
            "tokenizer.json",
            "tokenizer_config.json",
            "special_tokens_map.json",
            "added_tokens.json",
            "vocab.json",
            "vocab.txt",
            "vocab.bpe",
            "merges.txt",
            "normalizer.json",
            "tokenizer.model",
            "tokenizer.model.v3",
            "spiece.model",
            "sentencepiece.model",
            "sentencepiece.bpe.model",
            "tiktoken.model",
            "qwen.tiktoken",
            "tekken.json",
            "chat_template.jinja",
            "chat_template.json");

    private static final Set<String> PROCESSOR = Set.of(
            "preprocessor_config.json",
            "processor_config.json",
            "image_processor_config.json",
            "video_preprocessor_config.json");

    private static final Pattern LICENCE =
            Pattern.compile("(LICENSE|LICENCE|NOTICE|COPYING|USE_POLICY)(\\.(md|txt))?", Pattern.CASE_INSENSITIVE);

    /** An adapter's own files: whoever reads a folder as an adapter reads these, though a model lies there too. */
    private static final Set<String> ADAPTER = Set.of("adapter_config.json", "adapter_model.safetensors");

    private static final Pattern SHARD = Pattern.compile("[^/]+-\\d{5}-of-\\d{5}\\.safetensors");

    /** What a model says of itself to people. */
    private static final String CARD = "README.md";

    private ModelFiles() {}

    /**
     * The names that belong to a model or an adapter among those of a folder that is elsewhere, as far as names tell, with its card.
     * Which shards an index names is not known, so all are taken that are named as shards are.
     */
    public static SortedSet<String> among(Collection<String> names) {
        boolean single = names.contains(ModelFolder.SINGLE);
        boolean indexed = !single && names.contains(ShardIndex.FILE);
        return names.stream()
                .filter(name -> isSetting(name)
                        || ADAPTER.contains(name)
                        || name.equals(CARD)
                        || name.equals(MERGE_MANIFEST)
                        || (single && name.equals(ModelFolder.SINGLE))
                        || (indexed
                                && (name.equals(ShardIndex.FILE)
                                        || SHARD.matcher(name).matches())))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** Whether a folder has weights under a name that loaders of models look for. */
    public static boolean isModel(Path folder) {
        return Files.isRegularFile(folder.resolve(ShardIndex.FILE))
                || Files.isRegularFile(folder.resolve(ModelFolder.SINGLE));
    }

    /**
     * The names of a model's files that are there: its weights as {@link ModelFolder} finds them (an index with the shards
     * that it names, where there is no single file), its {@link #settings} and a merge's manifest.
     *
     * @throws InvalidInput where the folder or its index cannot be read
     */
    public static SortedSet<String> of(Path folder) {
        SortedSet<String> names = settings(folder);
        if (Files.isRegularFile(folder.resolve(ModelFolder.SINGLE))) {
            names.add(ModelFolder.SINGLE);
        } else if (Files.isRegularFile(folder.resolve(ShardIndex.FILE))) {
            names.add(ShardIndex.FILE);
            names.addAll(ShardIndex.read(folder.resolve(ShardIndex.FILE)).shards());
        }
        names.addAll(present(folder, Set.of(MERGE_MANIFEST)));
        return names;
    }

    /** What a model's digest covers: its files, and those of an adapter where there is one in the same folder. */
    public static SortedSet<String> counted(Path folder) {
        SortedSet<String> names = of(folder);
        names.addAll(adapter(folder));
        return names;
    }

    /** An adapter's files that are there. */
    public static SortedSet<String> adapter(Path folder) {
        return present(folder, ADAPTER);
    }

    /** What stands beside the weights: configuration, tokenizer, processors and licences, as far as they are there. */
    public static SortedSet<String> settings(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(Files::isRegularFile)
                    .map(file -> file.getFileName().toString())
                    .filter(ModelFiles::isSetting)
                    .collect(Collectors.toCollection(TreeSet::new));
        } catch (IOException e) {
            throw InvalidInput.unreadable(folder, e);
        }
    }

    /** The tokenizer's files that are there, chat templates too. */
    public static SortedSet<String> tokenizer(Path folder) {
        return present(folder, TOKENIZER);
    }

    private static boolean isSetting(String name) {
        return CONFIGURATION.contains(name)
                || TOKENIZER.contains(name)
                || PROCESSOR.contains(name)
                || LICENCE.matcher(name).matches();
    }

    private static SortedSet<String> present(Path folder, Set<String> names) {
        return names.stream()
                .filter(name -> Files.isRegularFile(folder.resolve(name)))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /**
     * Copies files into a folder, replacing those of the same name. Links are followed as long as they stay in the folder,
     * or lead from a snapshot in a cache of Hugging Face to the blobs of the same model: {@code
     * models--OWNER--NAME/snapshots/COMMIT} to {@code models--OWNER--NAME/blobs}.
     *
     * @throws RefusedInput where a link leads elsewhere: what it shows is no part of the model
     * @throws InvalidInput where a file cannot be read or written
     */
    public static void copy(Path from, Collection<String> names, Path to) {
        requireInside(from, names);
        for (String name : names) {
            try {
                Files.copy(from.resolve(name), to.resolve(name), StandardCopyOption.REPLACE_EXISTING);
            } catch (IOException e) {
                throw InvalidInput.unwritable(to.resolve(name), e);
            }
        }
    }

    /** @throws RefusedInput where a file is a link that leads out of its folder, as {@link #copy} has it */
    public static void requireInside(Path folder, Collection<String> names) {
        for (String name : names) {
            Path file = folder.resolve(name);
            try {
                Path root = folder.toRealPath();
                Path real = file.toRealPath();
                if (!real.startsWith(root) && !isBlob(root, real)) {
                    throw RefusedInput.at(
                            file.toString(), "file", "a link that leads out of the model's folder", "the file itself");
                }
            } catch (IOException e) {
                throw InvalidInput.unreadable(file, e);
            }
        }
    }

    private static boolean isBlob(Path root, Path real) {
        Path snapshots = root.getParent();
        return snapshots != null
                && snapshots.endsWith("snapshots")
                && snapshots.getParent() != null
                && String.valueOf(snapshots.getParent().getFileName()).startsWith("models--")
                && snapshots.resolveSibling("blobs").equals(real.getParent());
    }
}
