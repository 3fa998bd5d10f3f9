package dev.lethe.unlearning.hardware;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The NVIDIA GPUs that this process sees, and the driver that shows them.
 *
 * @param driver null where there is none
 * @param found in the driver's order
 * @param fault what the driver said instead of naming GPUs; null where it named them
 */
public record Gpus(@Nullable Driver driver, List<Gpu> found, @Nullable String fault) {
    /** What a machine without a driver has. */
    public static final Gpus NONE = new Gpus(null, List.of(), null);

    /**
     * NVIDIA's driver.
     *
     * @param release such as {@code 580.65.06}; empty where the system does not say
     * @param cuda the newest CUDA that it runs, 1000 times the major version and 10 times the minor one: 13010 is 13.1
     */
    public record Driver(String release, int cuda) {
        /** As one reads it: {@code 580.65.06 (CUDA 13.0)}. */
        public String text() {
            return release.isEmpty() ? "for CUDA " + version(cuda) : "%s (CUDA %s)".formatted(release, version(cuda));
        }
    }

    /** Those of this process. */
    public static Gpus here() {
        return CudaDriver.gpus(false);
    }

    /** Those of this process, with what is free of their memory: for that, each is taken into use for a moment. */
    public static Gpus hereWithFreeMemory() {
        return CudaDriver.gpus(true);
    }

    /**
     * What keeps a libtorch from computing on the GPUs; absent where one can be used.
     *
     * @param cuda the CUDA that libtorch was built with, in the form of {@link Driver#cuda}; 0 for a libtorch without
     */
    public Optional<String> obstacle(int cuda) {
        if (cuda == 0) {
            return Optional.of("this build has no CUDA, which the image lethe-worker-cuda has");
        }
        if (driver == null) {
            return Optional.of("no GPU is visible, nor an NVIDIA driver (libcuda.so.1)");
        }
        if (tooOld(cuda)) {
            return Optional.of("the NVIDIA driver is too old: found %s, expected one for CUDA %d"
                    .formatted(driver.text(), major(cuda)));
        }
        if (fault != null) {
            return Optional.of("no GPU is visible: the NVIDIA driver %s says: %s".formatted(driver.text(), fault));
        }
        if (found.isEmpty()) {
            return Optional.of("no GPU is visible, and the NVIDIA driver is %s".formatted(driver.text()));
        }
        return found.stream().anyMatch(gpu -> gpu.capability() >= Gpu.LEAST_CAPABILITY)
                ? Optional.empty()
                : Optional.of("%s is too old: found compute capability %s, expected 7.5 or higher"
                        .formatted(found.getFirst().name(), found.getFirst().capabilityText()));
    }

    /** Whether there is a driver, and one that cannot run that CUDA. Every driver runs all versions of its own major one. */
    public boolean tooOld(int cuda) {
        return driver != null && cuda != 0 && major(driver.cuda) < major(cuda);
    }

    /** A CUDA version as it is written: {@code 13.1}. */
    public static String version(int cuda) {
        return major(cuda) + "." + cuda % 1000 / 10;
    }

    private static int major(int cuda) {
        return cuda / 1000;
    }
}
