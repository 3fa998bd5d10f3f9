package dev.lethe.planner;

import dev.lethe.api.resource.DecoupleSource;
import dev.lethe.api.resource.Resource;
import dev.lethe.api.resource.RowsSource;
import dev.lethe.api.resource.UnlearningJobSpec;
import org.jspecify.annotations.Nullable;

/** The rows that a job's stages read where its preparation may have had the model make them; else those that the job names. */
public final class PreparedRows {
    /** Where a preparation writes rows to keep, in its output. */
    public static final String RETAIN = "retain.jsonl";

    /** Where a preparation writes decoupled rows with the model's answers, in its output. */
    public static final String DECOUPLE = "decouple.jsonl";

    private PreparedRows() {}

    static RowsSource retain(Resource<UnlearningJobSpec, ?> job, @Nullable RowsSource named, Layout layout) {
        return named == null ? made(job, RETAIN, layout) : named;
    }

    static RowsSource decouple(Resource<UnlearningJobSpec, ?> job, DecoupleSource named, Layout layout) {
        return named.selfDistilled() ? made(job, DECOUPLE, layout) : named.rows();
    }

    private static RowsSource made(Resource<UnlearningJobSpec, ?> job, String file, Layout layout) {
        return RowsSource.of(layout.output(job, StageNode.PREPARE) + "/" + file);
    }
}
