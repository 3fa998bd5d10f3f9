package dev.lethe.merge.engine;

import dev.lethe.merge.engine.TensorTask.Copy;
import dev.lethe.merge.engine.TensorTask.Merge;
import dev.lethe.merge.method.PreparedMerge;
import dev.lethe.merge.safetensors.Dtype;
import java.util.List;

/**
 * What became of one tensor.
 *
 * @param method that merged it, {@code copy} where it was copied
 * @param inputs names of what was merged; the lists below are in this order
 * @param kept elements of each input that survived trimming
 * @param ties elements of each input exactly at its threshold, where only some of them were kept
 * @param cancellations elements whose votes cancelled exactly
 */
public record TensorReport(
        Dtype dtype,
        List<Long> shape,
        String method,
        List<String> inputs,
        List<Long> kept,
        List<Long> ties,
        long cancellations) {
    static TensorReport copied(Copy task) {
        return new TensorReport(
                task.info().dtype(), task.info().dimensions(), "copy", List.of(), List.of(), List.of(), 0);
    }

    static TensorReport of(Merge task, PreparedMerge prepared, long cancellations) {
        return new TensorReport(
                task.info().dtype(),
                task.info().dimensions(),
                task.method().signature().name(),
                task.inputs(),
                prepared.kept(),
                prepared.ties(),
                cancellations);
    }
}
