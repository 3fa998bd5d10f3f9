package dev.lethe.merge.engine;

import dev.lethe.merge.InvalidInput;
import dev.lethe.merge.RefusedInput;
import dev.lethe.merge.digest.FileDigests;
import dev.lethe.merge.engine.Journal.Entry;
import dev.lethe.merge.engine.ShardFile.Opener;
import dev.lethe.merge.engine.Work.Copied;
import dev.lethe.merge.engine.Work.Merged;
import dev.lethe.merge.method.Method;
import dev.lethe.merge.method.Piece;
import dev.lethe.merge.method.Prepared;
import dev.lethe.merge.method.Source;
import dev.lethe.merge.method.Sweep;
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
 * Carries out a plan. Tensors of several pieces are merged by all threads together, one after the other; then the small
 * ones, each by one thread.
 */
public final class MergeRun {
    private static final Opener FILES = path ->
            FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);

    private final MergePlan plan;
    private final RunSettings settings;
    private final Meter meter;
    private final Opener opener;
    private final Map<String, ShardFile> shards = new HashMap<>();
    private final Map<String, Map<Integer, Entry>> done = new HashMap<>();
    private final Map<String, TensorReport> reports = new ConcurrentHashMap<>();

    private MergeRun(MergePlan plan, RunSettings settings, Progress progress, Opener opener) {
        this.plan = plan;
        this.settings = settings;
        this.meter = new Meter(plan.traffic(), progress);
        this.opener = opener;
    }

    /**
     * Merges and writes a folder, complete or not at all.
     *
     * @param target folder that does not exist yet; what an earlier run of the same plan wrote for it is continued
     * @throws InvalidInput where the target exists, an input changes meanwhile, or a result is not finite
     * @throws java.io.UncheckedIOException where a disk is full or fails; run again to continue
     */
    public static MergeReport run(MergePlan plan, Path target, RunSettings settings, Progress progress) {
        return run(plan, target, settings, progress, FILES);
    }

    static MergeReport run(MergePlan plan, Path target, RunSettings settings, Progress progress, Opener opener) {
        try (Workspace workspace = Workspace.open(target)) {
            try {
                return new MergeRun(plan, settings, progress, opener).run(workspace);
            } catch (InvalidInput | RefusedInput e) {
                workspace.abandon();
                throw e;
            }
        }
    }

    /**
     * Says before the work begins that the disk is too small. What an earlier run left there counts as free.
     *
     * @throws InvalidInput where fewer bytes are free than the plan writes
     */
    public static void requireSpace(MergePlan plan, Path target) {
        Space.problem(plan, target).ifPresent(problem -> {
            throw new InvalidInput(problem);
        });
    }

    /** Threads that the memory bound leaves; at least one. */
    static int threads(MergePlan plan, RunSettings settings) {
        long each = plan.works().values().stream().mapToLong(Work::memory).max().orElse(1);
        return Math.clamp(settings.memory() / Math.max(1, each), 1, Math.max(1, settings.threads()));
    }

    private MergeReport run(Workspace workspace) {
        String fingerprint = plan.fingerprint();
        List<Entry> earlier = Journal.read(workspace.folder(), fingerprint).orElseGet(() -> {
            workspace.clear();
            return List.of();
        });
        MergeReport report;
        try (Crew crew = new Crew(threads(plan, settings))) {
            openShards(workspace.folder());
            List<Entry> verified = verify(earlier, crew);
            try (Journal journal = Journal.begin(workspace.folder(), fingerprint, verified)) {
                mergeAll(crew, journal);
            }
            plan.files().forEach(SafetensorsFile::requireUnchanged);
            report = finish(workspace, crew);
        } finally {
            shards.values().forEach(ShardFile::close);
        }
        workspace.commit(settings.fsync());
        return report;
    }

    private void openShards(Path folder) {
        plan.shards().files().forEach((name, kinds) -> {
            ShardFile file = ShardFile.open(
                    folder.resolve(name), kinds, plan.shards().metadata().get(name), opener);
            kinds.keySet().forEach(tensor -> shards.put(tensor, file));
        });
    }

    /** What an earlier run wrote and the disk still holds. */
    private List<Entry> verify(List<Entry> earlier, Crew crew) {
        List<Boolean> holds = crew.map(earlier, entry -> {
            Work work = plan.works().get(entry.tensor());
            Piece piece = work.pieces().all().get(entry.piece());
            int element = elementBytes(work);
            return shard(entry.tensor())
                    .holds(entry.tensor(), piece.first() * element, piece.size() * element, entry.checksum());
        });
        List<Entry> verified = new ArrayList<>();
        for (int i = 0; i < earlier.size(); i++) {
            Entry entry = earlier.get(i);
            if (holds.get(i)) {
                verified.add(entry);
                done.computeIfAbsent(entry.tensor(), name -> new HashMap<>()).put(entry.piece(), entry);
            }
        }
        return verified;
    }

    private void mergeAll(Crew crew, Journal journal) {
        Method surveyed = plan.whole() == null
                ? null
                : plan.whole().method().survey(plan.whole().group(), crew);
        List<String> small = new ArrayList<>();
        plan.works().forEach((name, work) -> {
            if (work.pieces().all().size() > 1) {
                merge(name, work, surveyed == null ? work : work.by(surveyed), crew, journal);
            } else {
                small.add(name);
            }
        });
        crew.map(small, name -> {
            Work work = plan.works().get(name);
            merge(name, work, surveyed == null ? work : work.by(surveyed), Sweep.SEQUENTIAL, journal);
            return name;
        });
    }

    private void merge(String name, Work planned, Work work, Sweep sweep, Journal journal) {
        Meter.Share share = meter.share(planned.traffic());
        Map<Integer, Entry> earlier = done.getOrDefault(name, Map.of());
        List<Piece> all = work.pieces().all();
        List<Piece> missing = all.stream()
                .filter(piece -> !earlier.containsKey(piece.index()))
                .toList();
        List<Entry> entries = new ArrayList<>(earlier.values());
        switch (work) {
            case Copied copied -> {
                entries.addAll(each(sweep, missing, piece -> copy(name, copied, piece, share), journal));
                reports.put(name, TensorReport.copied(copied));
            }
            case Merged merged -> {
                Merged metered = merged.metered(share);
                Prepared prepared = metered.method().prepare(metered.group(), sweep);
                entries.addAll(each(sweep, missing, piece -> merge(name, metered, prepared, piece, share), journal));
                long cancellations =
                        entries.stream().mapToLong(Entry::cancellations).sum();
                reports.put(name, TensorReport.of(merged, prepared, cancellations));
                merged.sources().forEach(Source::release);
            }
        }
        share.complete();
    }

    private interface PieceWork {
        Entry of(Piece piece);
    }

    private static List<Entry> each(Sweep sweep, List<Piece> pieces, PieceWork work, Journal journal) {
        return sweep.over(pieces, piece -> {
            Entry entry = work.of(piece);
            journal.add(entry);
            return entry;
        });
    }

    private Entry merge(String name, Merged work, Prepared prepared, Piece piece, Meter.Share share) {
        Dtype dtype = work.kind().dtype();
        PieceWriter writer = new PieceWriter(shard(name), name, dtype, piece.first() * dtype.bytes());
        long cancellations = prepared.merge(piece, (merged, count) -> {
            writer.accept(merged, count);
            share.add((long) count * dtype.bytes());
        });
        return new Entry(name, piece.index(), writer.finish(), cancellations);
    }

    private Entry copy(String name, Copied work, Piece piece, Meter.Share share) {
        PieceWriter writer = new PieceWriter(shard(name), name, work.kind().dtype(), piece.first());
        for (long at = piece.first(); at < piece.end(); ) {
            ByteBuffer room = writer.room();
            int length = (int) Math.min(room.remaining(), piece.end() - at);
            room.limit(room.position() + length);
            work.file().read(work.from(), at, room);
            room.limit(room.capacity());
            at += length;
            share.add(2L * length);
        }
        return new Entry(name, piece.index(), writer.finish(), 0);
    }

    private MergeReport finish(Workspace workspace, Crew crew) {
        FutureTask<Boolean> forced = new FutureTask<>(this::force);
        Thread.ofPlatform().daemon().name("force").start(forced); // the disk is slow: digests are computed meanwhile
        ShardPlan files = plan.shards();
        if (files.indexed()) {
            new ShardIndex(files.fileOfTensor(), OptionalLong.of(plan.outputBytes())).write(workspace.folder());
        }
        plan.companions().write(workspace.folder());
        FileDigests known = settings.digests();
        List<Path> written = settings.ofResult()
                ? files.files().keySet().stream()
                        .map(workspace.folder()::resolve)
                        .toList()
                : List.of();
        SortedMap<String, String> digests =
                known == null ? new TreeMap<>() : InputDigests.of(plan.inputs(), written, known, crew);
        MergeReport report = new MergeReport(
                plan.configuration(), digests, new TreeMap<>(reports), plan.notes(), plan.outputBytes());
        report.write(workspace.folder());
        Crew.result(forced);
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

    private static int elementBytes(Work work) {
        return work instanceof Copied ? 1 : work.kind().dtype().bytes();
    }
}
