package dev.lethe.planner;

import dev.lethe.api.resource.Resource;
import dev.lethe.api.resource.RowsSource;
import dev.lethe.api.resource.UnlearningJobSpec;
import org.jspecify.annotations.Nullable;

/** The rows that a job keeps: those that it names, else those that its preparation had the model make. */
public final class RetainRows {
    /** Where a preparation writes what the model made, in its output. */
    public static final String FILE = "retain.jsonl";

    private RetainRows() {}

    static RowsSource of(Resource<UnlearningJobSpec, ?> job, @Nullable RowsSource named, Layout layout) {
        return named == null ? RowsSource.of(layout.output(job, StageNode.PREPARE) + "/" + FILE) : named;
    }
}
