package dev.lethe.worker.stage;

import dev.lethe.api.status.Progress;
import dev.lethe.merge.digest.FileDigests;
import dev.lethe.merge.engine.RunSettings;
import dev.lethe.worker.StopSignal;
import java.util.function.Consumer;

/**
 * What a stage needs while it runs.
 *
 * @param models frozen base models, shared by the stages of this process
 * @param digests of what they read
 * @param stop asked at every point from which the stage could continue
 * @param progress receives the progress; called often, on the stage's thread
 * @param threads CPU threads that one operation may use
 * @param memory bytes that the buffers of a merge may take
 * @param fsync whether what was written is forced to the disk before it gets its name
 */
public record StageContext(
        BaseModelCache models,
        FileDigests digests,
        StopSignal stop,
        Consumer<Progress> progress,
        int threads,
        long memory,
        boolean fsync) {
    /** For a stage of a job or of a pod: what it writes is forced to the disk before it gets its name. */
    public static StageContext of(
            BaseModelCache models, FileDigests digests, StopSignal stop, Consumer<Progress> progress, int threads) {
        return new StageContext(models, digests, stop, progress, threads, RunSettings.DEFAULT_MEMORY, true);
    }

    /** For one stage alone in its process. */
    public static StageContext standalone(StopSignal stop, Consumer<Progress> progress) {
        return of(new BaseModelCache(), new FileDigests(), stop, progress, Cores.available());
    }

    StageContext withProgress(Consumer<Progress> other) {
        return new StageContext(models, digests, stop, other, threads, memory, fsync);
    }

    /** The same with other limits. */
    public StageContext withLimits(int otherThreads, long otherMemory, boolean otherFsync) {
        return new StageContext(models, digests, stop, progress, otherThreads, otherMemory, otherFsync);
    }

    /** The settings of a merge. */
    RunSettings mergeSettings() {
        return new RunSettings(threads, memory, fsync, digests, true);
    }
}
