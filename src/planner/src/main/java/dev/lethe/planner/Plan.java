package dev.lethe.planner;

import java.util.List;

/** A new status, and what to do before it is written. */
public record Plan<T>(T status, List<Action> actions) {
    public Plan {
        actions = List.copyOf(actions);
    }
}
