package dev.lethe.unlearning.training;

import dev.lethe.unlearning.model.PassLimits;
import dev.lethe.unlearning.objective.MicroBatch;
import dev.lethe.unlearning.tensor.OutOfMemory;
import dev.lethe.unlearning.tensor.Tensor;
import java.util.Collection;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Gathers the gradients of a step in parts as small as a device's memory needs. What did not fit once is not tried again: the limits
 * that were found hold for the steps that follow.
 */
final class FittingPasses {
    private final Collection<Tensor> parameters;
    private final Consumer<String> noted;
    private PassLimits limits;

    /**
     * @param parameters that gather the gradients, none so far
     * @param limits to begin with
     * @param noted is told of limits that become tighter, in a line
     */
    FittingPasses(Collection<Tensor> parameters, PassLimits limits, Consumer<String> noted) {
        this.parameters = parameters;
        this.limits = limits;
        this.noted = noted;
    }

    /**
     * Does a step's passes, as often as it takes until they fit.
     *
     * @param step what to call it
     * @param batches that the passes are of
     * @param passes gathers all gradients of the step within some limits
     * @throws InsufficientMemory where one row at a time does not fit
     */
    <T> T gather(String step, List<MicroBatch> batches, Function<PassLimits, T> passes) {
        while (true) {
            try {
                return passes.apply(limits);
            } catch (RuntimeException e) {
                if (!OutOfMemory.onDevice(e)) {
                    throw e;
                }
                parameters.forEach(Tensor::clearGrad);
                limits = tighter("%s: no memory left: %s".formatted(step, OutOfMemory.told(e)), batches, e);
            }
        }
    }

    private PassLimits tighter(String told, List<MicroBatch> batches, RuntimeException e) {
        int largest = batches.stream()
                .flatMap(batch -> batch.batches().values().stream())
                .mapToInt(batch -> batch.rows().size())
                .max()
                .orElse(1);
        PassLimits next = limits.tighter(largest)
                .orElseThrow(() -> new InsufficientMemory(
                        told
                                + "; one row at a time with gradient checkpointing needs more: a smaller maxLength, or base nf4,"
                                + " needs less",
                        e));
        noted.accept("%s; from here on with gradient checkpointing%s; the batch stays what it is"
                .formatted(told, next.rows() < largest ? ", rows at a time: " + next.rows() : ""));
        return next;
    }
}
