package dev.lethe.cli.run;

import dev.lethe.api.document.Documents;
import dev.lethe.api.stage.StageFile;
import dev.lethe.api.stage.StageReport;
import dev.lethe.api.status.Progress;
import dev.lethe.api.status.Reason;
import dev.lethe.cli.progress.ProgressText;
import dev.lethe.cli.progress.ProgressView;
import dev.lethe.merge.InvalidInput;
import dev.lethe.merge.digest.FileDigests;
import dev.lethe.merge.file.AtomicFile;
import dev.lethe.planner.stage.ObservedAttempt;
import dev.lethe.worker.Failure;
import dev.lethe.worker.StopSignal;
import dev.lethe.worker.Stopped;
import dev.lethe.worker.publication.ResultFile;
import dev.lethe.worker.stage.BaseModelCache;
import dev.lethe.worker.stage.Cores;
import dev.lethe.worker.stage.StageContext;
import dev.lethe.worker.stage.Worker;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Runs attempts in threads of this process, so many at once; the others queue. Each is recorded in the work directory,
 * so that the next process knows what this one began.
 */
final class Attempts implements AutoCloseable {
    private static final String WAITS = "waits for its turn, see --jobs";

    /** An attempt of this process. */
    private record Own(AttemptRecord record, StopSignal stop, boolean suspended, @Nullable Progress progress) {
        Own with(AttemptRecord changed) {
            return new Own(changed, stop, suspended, progress);
        }

        Own with(Progress made) {
            return new Own(record, stop, suspended, made);
        }

        Own suspend() {
            return new Own(record, stop, true, progress);
        }
    }

    private final Workdir workdir;
    private final EventLog events;
    private final ProgressView view;
    private final BaseModelCache models = new BaseModelCache();
    private final FileDigests digests;
    private final Map<String, Own> own = new ConcurrentHashMap<>();
    private final ExecutorService pool;
    private final AtomicReference<@Nullable InvalidInput> unrecorded = new AtomicReference<>();
    private final Semaphore changes = new Semaphore(0);
    private final int threads;

    /**
     * @param jobs attempts at work at once; each has its share of the cores
     * @param digests of what they read
     */
    Attempts(Workdir workdir, EventLog events, ProgressView view, int jobs, FileDigests digests) {
        this.workdir = workdir;
        this.events = events;
        this.view = view;
        this.digests = digests;
        this.pool = Executors.newFixedThreadPool(
                jobs, Thread.ofPlatform().name("stage-", 1).factory());
        this.threads = Math.max(1, Cores.available() / jobs);
    }

    /** Queues an attempt; one that is there already is left alone. */
    void start(String stage, StageFile file) {
        AttemptRecord queued = AttemptRecord.queued(file.attempt());
        if (own.putIfAbsent(file.attempt(), new Own(queued, new StopSignal(), false, null)) == null) {
            save(stage, queued);
            pool.execute(() -> carryOutAndRecord(stage, file));
        }
    }

    /** Asks an attempt to stop where it can continue from. */
    void stop(String attempt) {
        Own it = own.computeIfPresent(attempt, (name, at) -> at.suspend());
        if (it != null) {
            it.stop.request();
        }
    }

    /**
     * The attempts of a stage: those of this process, and those that an earlier one left behind.
     *
     * @throws InvalidInput where an attempt of this process could not be recorded, as on a full disk
     */
    List<ObservedAttempt> observe(String stage) {
        InvalidInput unwritable = unrecorded.get();
        if (unwritable != null) {
            throw unwritable;
        }
        List<ObservedAttempt> observed = new ArrayList<>();
        for (Path file : Folders.files(workdir.attempts(stage))) {
            AttemptRecord record = Documents.read(file, AttemptRecord.class);
            Own mine = own.get(record.name());
            AttemptRecord known = mine != null ? mine.record : afterDeath(record);
            if (known != null) {
                observed.add(observed(known, mine == null ? null : mine.progress));
            }
        }
        return observed;
    }

    /**
     * An attempt that was running when its process died was disrupted, whatever it left; the next attempt takes over
     * what is complete. An attempt that had not begun counts as never created.
     */
    private static @Nullable AttemptRecord afterDeath(AttemptRecord record) {
        return switch (record.state()) {
            case Succeeded, Failed -> record;
            case Queued -> null;
            case Running ->
                record.failed(
                        Failure.KILLED,
                        Reason.Disrupted,
                        "its process was killed",
                        Objects.requireNonNull(record.started()));
        };
    }

    /** Waits for a change, at most so long. */
    void awaitChange(Duration atMost) {
        try {
            if (changes.tryAcquire(Math.max(1, atMost.toMillis()), TimeUnit.MILLISECONDS)) {
                changes.drainPermits();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Stopped();
        }
    }

    /** Nothing is at work, nothing queued. */
    boolean idle() {
        return own.values().stream()
                .map(it -> it.record.state())
                .noneMatch(it -> it == AttemptRecord.State.Queued || it == AttemptRecord.State.Running);
    }

    /** Wakes the thread that waits. */
    void changed() {
        changes.release();
    }

    /** Stops what is at work and waits until it has. */
    @Override
    public void close() {
        own.values().forEach(it -> it.stop.request());
        pool.close();
    }

    /** A record that cannot be written ends the run: its work would be forgotten. */
    private void carryOutAndRecord(String stage, StageFile file) {
        try {
            carryOut(stage, file);
        } catch (InvalidInput unwritable) {
            unrecorded.set(unwritable);
        }
        changed();
    }

    private void carryOut(String stage, StageFile file) {
        String attempt = file.attempt();
        Instant began = Instant.now();
        StopSignal stop = Objects.requireNonNull(own.get(attempt)).stop;
        try {
            stop.check();
            record(stage, "attempt-started", own(attempt).record.running(began));
            view.started(stage);
            ResultFile finished = Worker.run(
                    file,
                    StageContext.of(models, digests, stop, progress -> progressed(stage, attempt, progress), threads));
            FailPoint.reached(stage, "output-complete");
            StageReport report = Worker.report(file, finished);
            record(stage, "attempt-succeeded", own(attempt).record.succeeded(report, Instant.now()));
            view.ended(stage, "done in " + ProgressText.clock(Duration.between(began, Instant.now())));
        } catch (Stopped stopped) {
            stopped(stage, attempt);
        } catch (Throwable thrown) { // however an attempt ends, its end is what the planner decides by
            Failure failure = Failure.of(thrown);
            record(
                    stage,
                    "attempt-failed",
                    own(attempt).record.failed(failure.exitCode(), null, failure.message(), Instant.now()));
            view.ended(stage, failure.message());
        }
    }

    /**
     * An attempt that had not begun, or that the planner suspended, counts as never created; one that the end of the
     * process interrupted was disrupted.
     */
    private void stopped(String stage, String attempt) {
        AttemptRecord record = own(attempt).record;
        boolean begun = record.state() == AttemptRecord.State.Running;
        if (begun) {
            view.ended(stage, "stopped; continues from its last checkpoint");
        }
        if (begun && !own(attempt).suspended) {
            record(
                    stage,
                    "attempt-interrupted",
                    record.failed(Failure.INTERRUPTED, Reason.Disrupted, "interrupted", Instant.now()));
        } else {
            own.remove(attempt);
            Folders.delete(file(stage, attempt));
        }
    }

    private void progressed(String stage, String attempt, Progress progress) {
        own.computeIfPresent(attempt, (name, it) -> it.with(progress));
        view.progressed(stage, progress);
        FailPoint.reached(stage, "progress");
    }

    private void record(String stage, String event, AttemptRecord record) {
        own.computeIfPresent(record.name(), (name, it) -> it.with(record));
        save(stage, record);
        events.append(event, stage, record.name(), record.message());
        FailPoint.reached(stage, event);
    }

    private void save(String stage, AttemptRecord record) {
        AtomicFile.write(file(stage, record.name()), Documents.json(record));
    }

    private Path file(String stage, String attempt) {
        return workdir.attempts(stage).resolve(attempt + ".json");
    }

    private Own own(String attempt) {
        return Objects.requireNonNull(own.get(attempt), attempt);
    }

    private ObservedAttempt observed(AttemptRecord record, @Nullable Progress progress) {
        ObservedAttempt.State state =
                switch (record.state()) {
                    case Queued -> ObservedAttempt.State.Suspended;
                    case Running -> ObservedAttempt.State.Running;
                    case Succeeded -> ObservedAttempt.State.Succeeded;
                    case Failed -> ObservedAttempt.State.Failed;
                };
        return new ObservedAttempt(
                record.name(),
                state,
                record.exitCode(),
                record.reason(),
                state == ObservedAttempt.State.Suspended ? WAITS : record.message(),
                progress,
                record.report(),
                record.started(),
                null);
    }
}
