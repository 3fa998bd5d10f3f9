package dev.lethe.unlearning.tensor;

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
     * @throws IllegalArgumentException for another name, or for {@code cuda} on a machine without a usable GPU
     */
    public static Device of(String name) {
        return switch (name) {
            case "auto" -> torch.cuda_is_available() ? CUDA : CPU;
            case "cpu" -> CPU;
            case "cuda" -> {
                if (!torch.cuda_is_available()) {
                    throw new IllegalArgumentException("device: found cuda, expected cpu: no usable GPU is visible");
                }
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

    org.bytedeco.pytorch.Device torchDevice() {
        return new org.bytedeco.pytorch.Device(type);
    }

    static Device of(org.bytedeco.pytorch.Device device) {
        return device.is_cuda() ? CUDA : CPU;
    }
}
