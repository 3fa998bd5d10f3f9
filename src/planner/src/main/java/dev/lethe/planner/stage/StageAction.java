package dev.lethe.planner.stage;

import dev.lethe.api.stage.StageFile;
import dev.lethe.api.status.Attempt;
import dev.lethe.api.status.Reason;
import java.util.List;

/** What a stage does to its attempts: Jobs in a cluster, workers in a local run. */
public sealed interface StageAction {
    /** Starts an attempt, or continues it after a suspension; one that exists and is the stage's own counts as created. */
    record CreateAttempt(Attempt attempt, StageFile file) implements StageAction {}

    /** Stops an attempt's worker; where there is none, nothing is needed. */
    record StopAttempt(String attempt, Reason reason) implements StageAction {}

    /** Deletes what is left of attempts whose end is in the status; where nothing is, nothing is needed. */
    record DeleteAttempts(List<String> attempts) implements StageAction {}
}
