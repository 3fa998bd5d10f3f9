package dev.lethe.merge.engine;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.lethe.merge.adapter.AdapterConfig;
import dev.lethe.merge.digest.Digest;
import dev.lethe.merge.method.Group;
import dev.lethe.merge.method.WholeModel;
import dev.lethe.merge.safetensors.ModelFiles;
import dev.lethe.merge.safetensors.SafetensorsFile;
import dev.lethe.merge.safetensors.TensorInfo;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * All that a run does, fixed before a byte is written.
 *
 * @param works by tensor name
 * @param shards the files of the result
 * @param files that are read
 * @param inputs folders that are read, by the names that the user gave
 * @param configuration what was asked for, in one line of JSON: part of the fingerprint and of the manifest
 * @param whole all tensors as one, for a method that must see the model first
 * @param companions writes what stands beside the weights
 * @param notes what is not an error but worth a look, and what was left out, one line each
 */
public record MergePlan(
        SortedMap<String, Work> works,
        ShardPlan shards,
        Collection<SafetensorsFile> files,
        SortedMap<String, Path> inputs,
        String configuration,
        @Nullable Survey whole,
        Companions companions,
        List<String> notes) {
    /** What a {@link WholeModel} sees first. */
    public record Survey(WholeModel method, Group group) {}

    /** Writes configuration, tokenizer and the like into the new folder. */
    @FunctionalInterface
    public interface Companions {
        void write(Path folder);
    }

    public MergePlan {
        works = Collections.unmodifiableSortedMap(new TreeMap<>(works));
        notes = List.copyOf(notes);
    }

    /** Type and shape of each tensor of the result. */
    public static SortedMap<String, TensorInfo> kinds(SortedMap<String, Work> works) {
        SortedMap<String, TensorInfo> kinds = new TreeMap<>();
        works.forEach((name, work) -> kinds.put(name, work.kind()));
        return kinds;
    }

    /** Bytes of all tensors of the result. */
    public long outputBytes() {
        return works.values().stream().mapToLong(work -> work.kind().bytes()).sum();
    }

    /** Bytes that are read and written, at most. */
    public long traffic() {
        long survey = whole == null ? 0 : (whole.method().signature().passes() - 1) * bytes(whole.group());
        return survey + works.values().stream().mapToLong(Work::traffic).sum();
    }

    private static long bytes(Group group) {
        long base = group.base() == null ? 0 : group.base().bytes();
        return base
                + group.inputs().stream().mapToLong(source -> source.bytes()).sum();
    }

    /** What a journal must be of to be continued: the same configuration, and inputs that did not change. */
    String fingerprint() {
        StringBuilder text = new StringBuilder(configuration)
                .append('\n')
                .append(shards.files().keySet());
        for (SafetensorsFile file : files) {
            text.append('\n').append(file.stamp());
        }
        works.forEach((name, work) -> text.append('\n').append(name).append(work.kind()));
        for (Path folder : inputs.values()) {
            SortedSet<String> settings = ModelFiles.settings(folder); // tokenizers say which row is whose
            if (Files.isRegularFile(folder.resolve(AdapterConfig.FILE))) {
                settings.add(AdapterConfig.FILE); // it says how much an adapter changes
            }
            Digest.listing(folder, settings, Digest::ofFile)
                    .forEach((name, digest) -> text.append('\n').append(name).append(digest));
        }
        return Digest.ofBytes(text.toString().getBytes(UTF_8));
    }
}
