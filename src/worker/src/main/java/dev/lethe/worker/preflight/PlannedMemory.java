package dev.lethe.worker.preflight;

import dev.lethe.api.resource.Specialist;
import dev.lethe.api.resource.TrainingSettings;
import dev.lethe.catalog.Words;
import dev.lethe.unlearning.model.ModelConfig;
import dev.lethe.unlearning.model.WeightFormat;
import dev.lethe.unlearning.tensor.Device;
import dev.lethe.unlearning.tensor.Dtype;
import dev.lethe.unlearning.training.MemoryPlan;
import dev.lethe.unlearning.training.TrainingMemory;
import dev.lethe.worker.engine.EngineSettings;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The memory that a specialist's training will take: on the device that this machine would train it on, and, where that is a CPU
 * and the job leaves it to the device, on a GPU.
 *
 * @param room what a GPU of this machine has
 */
record PlannedMemory(ModelConfig model, Specialist specialist, Device device, Optional<Device.Memory> room) {

    static PlannedMemory of(ModelConfig model, Specialist specialist) {
        // A job may ask for a GPU that its pod will have, and this machine has not.
        boolean elsewhere = "cuda".equals(training(specialist).device()) && Device.of("auto") == Device.CPU;
        Device device = elsewhere
                ? Device.CUDA
                : EngineSettings.device(training(specialist).device());
        return new PlannedMemory(model, specialist, device, elsewhere ? Optional.empty() : device.memory());
    }

    private static TrainingSettings training(Specialist specialist) {
        return Objects.requireNonNull(specialist.training());
    }

    /** One line. */
    String line() {
        TrainingMemory memory = memory(device);
        TrainingMemory.Fit fit =
                room.map(it -> memory.fitted(asked(), it.total())).orElseGet(() -> memory.asked(asked()));
        String here = "%s on %s: %s%s"
                .formatted(
                        memory.named(fit.base()),
                        Words.of(device),
                        memory.plan(fit),
                        room.map(it -> " of %s free".formatted(MemoryPlan.bytes(it.free())))
                                .orElse(""));
        boolean open =
                device == Device.CPU && !"cpu".equals(training(specialist).device());
        return open ? here + "; on a GPU at least " + onGpu() : here;
    }

    private String onGpu() {
        TrainingMemory gpu = memory(Device.CUDA);
        return asked().map(List::of).orElse(gpu.open()).stream()
                .map(it -> gpu.named(it) + " "
                        + MemoryPlan.bytes(gpu.plan(gpu.least(it)).total()))
                .collect(Collectors.joining(", "));
    }

    private Optional<WeightFormat> asked() {
        return EngineSettings.base(training(specialist).base());
    }

    private TrainingMemory memory(Device on) {
        Dtype dtype = EngineSettings.dtype(training(specialist).dtype(), on);
        return new TrainingMemory(
                model,
                dtype,
                EngineSettings.lora("lora", specialist.lora()),
                EngineSettings.training(training(specialist)));
    }
}
