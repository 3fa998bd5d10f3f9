package dev.lethe.merge.engine;

import dev.lethe.merge.InvalidInput;
import dev.lethe.merge.RefusedInput;
import dev.lethe.merge.digest.FileDigests;
import dev.lethe.merge.engine.Journal.Entry;
import dev.lethe.merge.engine.ShardFile.Opener;
import dev.lethe.merge.engine.TensorTask.Copy;
import dev.lethe.merge.engine.TensorTask.Merge;
import dev.lethe.merge.method.Chunk;
import dev.lethe.merge.method.MergeMethod;
import dev.lethe.merge.method.PreparedMerge;
import dev.lethe.merge.method.Scan;
import dev.lethe.merge.method.TensorSource;
import dev.lethe.merge.safetensors.Dtype;
import dev.lethe.merge.safetensors.SafetensorsFile;
import dev.lethe.merge.safetensors.ShardIndex;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.FutureTask;

/**
 * Executes a plan. Tensors of several chunks come first, one after the other, each merged by all threads; then the
 * small ones, each by one thread.
 */
public final class MergeRun {
    private static final Opener FILES = path ->
            FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);

    private final MergePlan plan;
    private final RunSettings settings;
    private final ProgressMeter meter;
    private final Opener opener;
    private final Map<String, ShardFile> shards = new HashMap<>();
    private final Map<String, Map<Integer, Entry>> done = new HashMap<>();
    private final Map<String, TensorReport> reports = new ConcurrentHashMap<>();

    private MergeRun(MergePlan plan, RunSettings settings, ProgressListener progress, Opener opener) {
        this.plan = plan;
        this.settings = settings;
        this.meter = new ProgressMeter(plan.ioBytes(), progress);
        this.opener = opener;
    }

    /**
     * Merges and writes a folder, complete or not at all.
     *
     * @param target folder that does not exist yet; what an earlier run of the same plan wrote for it is continued
     * @throws InvalidInput where the target exists, an input changes meanwhile, or a result is not finite
     * @throws java.io.UncheckedIOException where a disk is full or fails; run again to continue
     */
    public static MergeReport run(MergePlan plan, Path target, RunSettings settings, ProgressListener progress) {
        return run(plan, target, settings, progress, FILES);
    }

    static MergeReport run(
            MergePlan plan, Path target, RunSettings settings, ProgressListener progress, Opener opener) {
        try (StagingDirectory workspace = StagingDirectory.open(target)) {
            try {
                return new MergeRun(plan, settings, progress, opener).run(workspace);
            } catch (InvalidInput | RefusedInput e) {
                workspace.abandon();
                throw e;
            }
        }
    }

    /**
     * Checks before the work begins that the disk has room. What an earlier run left there counts as free.
     *
     * @throws InvalidInput where fewer bytes are free than the plan writes
     */
    public static void requireSpace(MergePlan plan, Path target) {
        DiskSpace.problem(plan, target).ifPresent(problem -> {
            throw new InvalidInput(problem);
        });
    }

    /** How many threads the memory bound allows; at least one. */
    static int threads(MergePlan plan, RunSettings settings) {
        long each = plan.tasks().values().stream()
                .mapToLong(TensorTask::memory)
                .max()
                .orElse(1);
        return Math.clamp(settings.memory() / Math.max(1, each), 1, Math.max(1, settings.threads()));
    }

    private MergeReport run(StagingDirectory workspace) {
        String fingerprint = plan.fingerprint();
        List<Entry> earlier = Journal.read(workspace.folder(), fingerprint).orElseGet(() -> {
            workspace.clear();
            return List.of();
        });
        MergeReport report;
        try (WorkerThreads workers = new WorkerThreads(threads(plan, settings))) {
            openShards(workspace.folder());
            List<Entry> verified = verify(earlier, workers);
            try (Journal journal = Journal.begin(workspace.folder(), fingerprint, verified)) {
                mergeAll(workers, journal);
            }
            plan.files().forEach(SafetensorsFile::requireUnchanged);
            report = finish(workspace, workers);
        } finally {
            shards.values().forEach(ShardFile::close);
        }
        workspace.commit(settings.fsync());
        return report;
    }

    private void openShards(Path folder) {
        plan.shards().files().forEach((name, infos) -> {
            ShardFile file = ShardFile.open(
                    folder.resolve(name), infos, plan.shards().metadata().get(name), opener);
            infos.keySet().forEach(tensor -> shards.put(tensor, file));
        });
    }

    /** What an earlier run wrote and the disk still holds. */
    private List<Entry> verify(List<Entry> earlier, WorkerThreads workers) {
        List<Boolean> holds = workers.map(earlier, entry -> {
            TensorTask task = plan.tasks().get(entry.tensor());
            Chunk chunk = task.chunking().chunks().get(entry.chunk());
            int element = elementBytes(task);
            return shard(entry.tensor())
                    .holds(entry.tensor(), chunk.first() * element, chunk.size() * element, entry.checksum());
        });
        List<Entry> verified = new ArrayList<>();
        for (int i = 0; i < earlier.size(); i++) {
            Entry entry = earlier.get(i);
            if (holds.get(i)) {
                verified.add(entry);
                done.computeIfAbsent(entry.tensor(), name -> new HashMap<>()).put(entry.chunk(), entry);
            }
        }
        return verified;
    }

    private void mergeAll(WorkerThreads workers, Journal journal) {
        MergeMethod fitted = plan.wholeModel() == null
                ? null
                : plan.wholeModel().method().fit(plan.wholeModel().group(), workers);
        List<String> small = new ArrayList<>();
        plan.tasks().forEach((name, task) -> {
            if (task.chunking().chunks().size() > 1) {
                merge(name, task, fitted == null ? task : task.withMethod(fitted), workers, journal);
            } else {
                small.add(name);
            }
        });
        workers.map(small, name -> {
            TensorTask task = plan.tasks().get(name);
            merge(name, task, fitted == null ? task : task.withMethod(fitted), Scan.SEQUENTIAL, journal);
            return name;
        });
    }

    private void merge(String name, TensorTask planned, TensorTask task, Scan scan, Journal journal) {
        ProgressMeter.TensorMeter tensorMeter = meter.ofTensor(planned.ioBytes());
        Map<Integer, Entry> earlier = done.getOrDefault(name, Map.of());
        List<Chunk> all = task.chunking().chunks();
        List<Chunk> missing = all.stream()
                .filter(chunk -> !earlier.containsKey(chunk.index()))
                .toList();
        List<Entry> entries = new ArrayList<>(earlier.values());
        switch (task) {
            case Copy copied -> {
                entries.addAll(each(scan, missing, chunk -> copy(name, copied, chunk, tensorMeter), journal));
                reports.put(name, TensorReport.copied(copied));
            }
            case Merge merged -> {
                Merge metered = merged.metered(tensorMeter);
                PreparedMerge prepared = metered.method().prepare(metered.group(), scan);
                entries.addAll(
                        each(scan, missing, chunk -> merge(name, metered, prepared, chunk, tensorMeter), journal));
                long cancellations =
                        entries.stream().mapToLong(Entry::cancellations).sum();
                reports.put(name, TensorReport.of(merged, prepared, cancellations));
                merged.sources().forEach(TensorSource::release);
            }
        }
        tensorMeter.complete();
    }

    private interface ChunkWork {
        Entry of(Chunk chunk);
    }

    private static List<Entry> each(Scan scan, List<Chunk> chunks, ChunkWork task, Journal journal) {
        return scan.over(chunks, chunk -> {
            Entry entry = task.of(chunk);
            journal.add(entry);
            return entry;
        });
    }

    private Entry merge(
            String name, Merge task, PreparedMerge prepared, Chunk chunk, ProgressMeter.TensorMeter tensorMeter) {
        Dtype dtype = task.info().dtype();
        ChunkWriter writer = new ChunkWriter(shard(name), name, dtype, chunk.first() * dtype.bytes());
        long cancellations = prepared.merge(chunk, (merged, count) -> {
            writer.accept(merged, count);
            tensorMeter.add((long) count * dtype.bytes());
        });
        return new Entry(name, chunk.index(), writer.finish(), cancellations);
    }

    private Entry copy(String name, Copy task, Chunk chunk, ProgressMeter.TensorMeter tensorMeter) {
        ChunkWriter writer = new ChunkWriter(shard(name), name, task.info().dtype(), chunk.first());
        for (long at = chunk.first(); at < chunk.end(); ) {
            ByteBuffer room = writer.room();
            int length = (int) Math.min(room.remaining(), chunk.end() - at);
            room.limit(room.position() + length);
            task.file().read(task.from(), at, room);
            room.limit(room.capacity());
            at += length;
            tensorMeter.add(2L * length);
        }
        return new Entry(name, chunk.index(), writer.finish(), 0);
    }

    private MergeReport finish(StagingDirectory workspace, WorkerThreads workers) {
        FutureTask<Boolean> forced = new FutureTask<>(this::force);
        Thread.ofPlatform().daemon().name("force").start(forced); // the disk is slow: digests are computed meanwhile
        ShardPlan files = plan.shards();
        if (files.indexed()) {
            new ShardIndex(files.fileOfTensor(), OptionalLong.of(plan.outputBytes())).write(workspace.folder());
        }
        plan.auxiliaryFiles().accept(workspace.folder());
        FileDigests known = settings.digests();
        List<Path> written = settings.ofResult()
                ? files.files().keySet().stream()
                        .map(workspace.folder()::resolve)
                        .toList()
                : List.of();
        SortedMap<String, String> digests =
                known == null ? new TreeMap<>() : InputDigests.of(plan.inputs(), written, known, workers);
        MergeReport report = new MergeReport(
                plan.configuration(), digests, new TreeMap<>(reports), plan.notes(), plan.outputBytes());
        report.write(workspace.folder());
        WorkerThreads.result(forced);
        return report;
    }

    private boolean force() {
        if (settings.fsync()) {
            shards.values().stream().distinct().forEach(ShardFile::force);
        }
        return settings.fsync();
    }

    private ShardFile shard(String tensor) {
        ShardFile file = shards.get(tensor);
        if (file == null) {
            throw new IllegalStateException("no file for " + tensor);
        }
        return file;
    }

    private static int elementBytes(TensorTask task) {
        return task instanceof Copy ? 1 : task.info().dtype().bytes();
    }
}
