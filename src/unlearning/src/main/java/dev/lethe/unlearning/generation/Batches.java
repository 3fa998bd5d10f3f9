package dev.lethe.unlearning.generation;

import dev.lethe.unlearning.tensor.OutOfMemory;
import dev.lethe.unlearning.tensor.Scope;
import java.util.List;
import java.util.function.Consumer;

/** Rows in batches that a device's memory has room for. */
final class Batches {
    /** Of the memory that is free, a share is left for what only the kernels know of. */
    private static final double USABLE = 0.8;

    private Batches() {}

    /** How many rows fit into {@code free} bytes, of the {@code asked} ones; at least one. */
    static int fitting(long free, long bytesPerRow, int asked) {
        return Math.clamp((long) (USABLE * free) / bytesPerRow, 1, asked);
    }

    /**
     * Does work with at most {@code most} rows at a time, in their order, in a scope for each batch. Where a device has no memory left a
     * batch is halved, and those after it are as small.
     */
    static void run(List<Integer> rows, int most, Consumer<List<Integer>> work) {
        int size = most;
        int first = 0;
        while (first < rows.size()) {
            List<Integer> batch = rows.subList(first, Math.min(first + size, rows.size()));
            try {
                Scope.run(() -> work.accept(batch));
                first += batch.size();
            } catch (RuntimeException e) {
                if (!OutOfMemory.onDevice(e) || batch.size() == 1) {
                    throw e;
                }
                size = Math.ceilDiv(batch.size(), 2);
            }
        }
    }
}
