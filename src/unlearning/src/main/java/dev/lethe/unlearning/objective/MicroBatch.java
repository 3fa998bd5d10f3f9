package dev.lethe.unlearning.objective;

import dev.lethe.catalog.DataRole;
import dev.lethe.unlearning.data.RowBatch;
import java.util.Map;

/**
 * The rows of one forward and backward pass, by role, each padded to the run's {@code maxLength} as published.
 *
 * @param batches without rows to forget, an objective leaves its forget term out
 * @param forgetting a factor of the forget term's weight; 1 leaves it as it is
 */
public record MicroBatch(Map<DataRole, RowBatch> batches, double forgetting) {
    public MicroBatch {
        batches = Map.copyOf(batches);
    }

    /** With the objective's own weights. */
    public MicroBatch(Map<DataRole, RowBatch> batches) {
        this(batches, 1);
    }

    /** The factor of a role's terms: 0 for rows to forget that rest. */
    double factor(DataRole role) {
        return role != DataRole.FORGET ? 1 : batches.containsKey(role) ? forgetting : 0;
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
