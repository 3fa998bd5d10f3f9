package dev.lethe.unlearning.objective;

import dev.lethe.catalog.DataRole;
import dev.lethe.unlearning.data.RowBatch;
import java.util.Map;

/**
 * The rows of one forward and backward pass, by role, each padded to the run's {@code maxLength} as published.
 */
public record MicroBatch(Map<DataRole, RowBatch> batches) {
    public MicroBatch {
        batches = Map.copyOf(batches);
    }

    /** The rows of that role. */
    public RowBatch of(DataRole role) {
        RowBatch batch = batches.get(role);
        if (batch == null) {
            throw new IllegalArgumentException("micro-batch: found no rows of role " + role);
        }
        return batch;
    }

    /** Tokens of all roles, padding not counted. */
    public int tokenCount() {
        return batches.values().stream().mapToInt(RowBatch::tokenCount).sum();
    }
}
