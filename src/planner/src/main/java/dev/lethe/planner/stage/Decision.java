package dev.lethe.planner.stage;

import dev.lethe.api.status.Phase;
import dev.lethe.api.status.Reason;
import dev.lethe.planner.Action;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a policy decides of a stage. */
record Decision(Phase phase, Reason reason, @Nullable String message, AttemptLog attempts, List<Action> actions) {}
