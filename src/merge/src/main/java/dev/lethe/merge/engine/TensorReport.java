package dev.lethe.merge.engine;

import dev.lethe.merge.engine.Work.Copied;
import dev.lethe.merge.engine.Work.Merged;
import dev.lethe.merge.method.Prepared;
import dev.lethe.merge.safetensors.Dtype;
import java.util.List;

/**
 * What became of one tensor.
 *
 * @param method that merged it, {@code copy} where it was copied
 * @param inputs names of what was merged; the lists below are in this order
 * @param kept elements of each input that survived trimming
 * @param ties elements of each input with the magnitude of its cut, where only some could be kept
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
    static TensorReport copied(Copied work) {
        return new TensorReport(
                work.kind().dtype(), work.kind().dimensions(), "copy", List.of(), List.of(), List.of(), 0);
    }

    static TensorReport of(Merged work, Prepared prepared, long cancellations) {
        return new TensorReport(
                work.kind().dtype(),
                work.kind().dimensions(),
                work.method().signature().name(),
                work.inputs(),
                prepared.kept(),
                prepared.ties(),
                cancellations);
    }
}
