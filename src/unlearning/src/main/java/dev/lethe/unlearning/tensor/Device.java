package dev.lethe.unlearning.tensor;

import dev.lethe.unlearning.hardware.Gpus;
import java.util.Optional;
import org.bytedeco.pytorch.SizeTPair;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.DeviceType;

/** Where tensors live and operations run. */
public enum Device {
    CPU(DeviceType.CPU),
    CUDA(DeviceType.CUDA);

    static {
        NativeRuntime.prepare();
    }

    private final DeviceType type;

    Device(DeviceType type) {
        this.type = type;
    }

    /**
     * The device of that name: {@code cpu}, {@code cuda}, or {@code auto} for a GPU where there is one.
     *
     * @throws IllegalArgumentException for another name, for {@code cuda} on a machine without a usable GPU, and for both
     *     where only the GPU's driver is too old: whoever asked for a GPU must not train on the processor unawares
     */
    public static Device of(String name) {
        return switch (name) {
            case "auto" -> obstacle().isEmpty() ? CUDA : CPU;
            case "cpu" -> CPU;
            case "cuda" -> {
                obstacle().ifPresent(why -> {
                    throw new IllegalArgumentException("device: found cuda, expected cpu: " + why);
                });
                yield CUDA;
            }
            default -> throw new IllegalArgumentException("device: found " + name + ", expected auto, cpu or cuda");
        };
    }

    /**
     * What a device has.
     *
     * @param free bytes that nobody has asked for
     * @param total bytes of all
     */
    public record Memory(long free, long total) {}

    /** The memory of a GPU, after libtorch gave back what it keeps for later; empty for a CPU, whose memory is the system's. */
    public Optional<Memory> memory() {
        if (this == CPU) {
            return Optional.empty();
        }
        torch.emptyCache();
        SizeTPair found = torch.getMemoryInfo((byte) 0);
        return Optional.of(new Memory(found.first(), found.second()));
    }

    /** What keeps this process from a GPU. The driver is asked first: of one that is too old libtorch says a page. */
    private static Optional<String> obstacle() {
        int cuda = Libtorch.cuda();
        Gpus gpus = cuda == 0 ? Gpus.NONE : Gpus.here();
        Optional<String> obstacle = gpus.obstacle(cuda);
        if (gpus.tooOld(cuda)) {
            throw new IllegalArgumentException("device: " + obstacle.orElseThrow());
        }
        return obstacle.isPresent() || torch.cuda_is_available()
                ? obstacle
                : Optional.of("libtorch cannot use the GPU that is visible");
    }

    org.bytedeco.pytorch.Device torchDevice() {
        return new org.bytedeco.pytorch.Device(type);
    }

    static Device of(org.bytedeco.pytorch.Device device) {
        return device.is_cuda() ? CUDA : CPU;
    }
}
