package dev.lethe.cli.run;

import dev.lethe.api.stage.StageReport;
import dev.lethe.api.status.Reason;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The record of an attempt in the work directory. It is written before the attempt begins and when it has ended, so an
 * attempt that is running in a directory that nobody has locked was interrupted.
 *
 * @param process that runs it
 * @param report the report of its worker, where it succeeded
 */
record AttemptRecord(
        String name,
        State state,
        long process,
        @Nullable Integer exitCode,
        @Nullable Reason reason,
        @Nullable String message,
        @Nullable Instant started,
        @Nullable Instant finished,
        @Nullable StageReport report) {
    enum State {
        /** Waits for a free worker. */
        Queued,
        Running,
        Succeeded,
        Failed
    }

    static AttemptRecord queued(String name) {
        return new AttemptRecord(name, State.Queued, ProcessHandle.current().pid(), null, null, null, null, null, null);
    }

    AttemptRecord running(Instant now) {
        return new AttemptRecord(name, State.Running, process, null, null, null, now, null, null);
    }

    AttemptRecord succeeded(StageReport lastWords, Instant now) {
        return new AttemptRecord(name, State.Succeeded, process, 0, null, null, started, now, lastWords);
    }

    AttemptRecord failed(int code, @Nullable Reason why, String words, Instant now) {
        return new AttemptRecord(name, State.Failed, process, code, why, words, started, now, null);
    }
}
