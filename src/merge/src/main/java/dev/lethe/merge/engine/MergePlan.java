package dev.lethe.merge.engine;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.lethe.merge.adapter.AdapterConfig;
import dev.lethe.merge.digest.Digest;
import dev.lethe.merge.method.TensorGroup;
import dev.lethe.merge.method.WholeModelMethod;
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
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * All that a merge will do, fixed before a byte is written.
 *
 * @param tasks by tensor name
 * @param shards the files of the result
 * @param files that are read
 * @param inputs folders that are read, by the names that the user gave
 * @param configuration what was asked for, in one line of JSON: part of the fingerprint and of the manifest
 * @param wholeModel all tensors as one, for a method that must see the model first
 * @param auxiliaryFiles writes what stands beside the weights
 * @param notes what is not an error but worth a look, and what was left out, one line each
 */
public record MergePlan(
        SortedMap<String, TensorTask> tasks,
        ShardPlan shards,
        Collection<SafetensorsFile> files,
        SortedMap<String, Path> inputs,
        String configuration,
        @Nullable WholeModel wholeModel,
        Consumer<Path> auxiliaryFiles,
        List<String> notes) {
    /** All tensors as one, and the method that reads them first. */
    public record WholeModel(WholeModelMethod method, TensorGroup group) {}

    public MergePlan {
        tasks = Collections.unmodifiableSortedMap(new TreeMap<>(tasks));
        notes = List.copyOf(notes);
    }

    /** Type and shape of each tensor of the result. */
    public static SortedMap<String, TensorInfo> infos(SortedMap<String, TensorTask> tasks) {
        SortedMap<String, TensorInfo> infos = new TreeMap<>();
        tasks.forEach((name, task) -> infos.put(name, task.info()));
        return infos;
    }

    /** Bytes of all tensors of the result. */
    public long outputBytes() {
        return tasks.values().stream().mapToLong(task -> task.info().bytes()).sum();
    }

    /** Bytes that are read and written, at most. */
    public long ioBytes() {
        long fitting =
                wholeModel == null ? 0 : (wholeModel.method().signature().passes() - 1) * bytes(wholeModel.group());
        return fitting + tasks.values().stream().mapToLong(TensorTask::ioBytes).sum();
    }

    private static long bytes(TensorGroup group) {
        long base = group.base() == null ? 0 : group.base().bytes();
        return base
                + group.inputs().stream().mapToLong(source -> source.bytes()).sum();
    }

    /** Identifies the plan: a journal is continued only with the same configuration and unchanged inputs. */
    String fingerprint() {
        StringBuilder text = new StringBuilder(configuration)
                .append('\n')
                .append(shards.files().keySet());
        for (SafetensorsFile file : files) {
            text.append('\n').append(file.stamp());
        }
        tasks.forEach((name, task) -> text.append('\n').append(name).append(task.info()));
        for (Path folder : inputs.values()) {
            SortedSet<String> settings =
                    ModelFiles.settings(folder); // a tokenizer decides which row belongs to which token
            if (Files.isRegularFile(folder.resolve(AdapterConfig.FILE))) {
                settings.add(AdapterConfig.FILE); // it has the scaling of the adapter
            }
            Digest.listing(folder, settings, Digest::ofFile)
                    .forEach((name, digest) -> text.append('\n').append(name).append(digest));
        }
        return Digest.ofBytes(text.toString().getBytes(UTF_8));
    }
}
