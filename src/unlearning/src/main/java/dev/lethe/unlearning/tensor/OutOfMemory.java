package dev.lethe.unlearning.tensor;

import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What libtorch and the libraries below it say when there is no memory left. */
public final class OutOfMemory {
    private static final Pattern DEVICE = Pattern.compile(
            "CUDA out of memory|CUDA error: out of memory|CUBLAS_STATUS_ALLOC_FAILED|CUDNN_STATUS_ALLOC_FAILED");

    private static final Pattern HOST = Pattern.compile("DefaultCPUAllocator: (can't allocate|not enough) memory");

    private static final Pattern AMOUNTS = Pattern.compile(
            "Tried to allocate ([\\d.]+ \\w+)\\. (GPU \\d+) has a total capacity of ([\\d.]+ \\w+) of which ([\\d.]+ \\w+) is free");

    private OutOfMemory() {}

    /** Whether an exception says that a device has no memory left. */
    public static boolean onDevice(Throwable thrown) {
        return thrown.getMessage() != null
                && DEVICE.matcher(thrown.getMessage()).find();
    }

    /** Whether an exception says that a device or the machine has no memory left. */
    public static boolean anywhere(Throwable thrown) {
        String said = Objects.requireNonNullElse(thrown.getMessage(), "");
        return thrown instanceof OutOfMemoryError
                || onDevice(thrown)
                || HOST.matcher(said).find();
    }

    /** What was asked for and what there is, where an exception of a device says it; else the first line of what it says. */
    public static String told(Throwable thrown) {
        String message = Objects.requireNonNullElse(
                thrown.getMessage(), thrown.getClass().getSimpleName());
        Matcher amounts = AMOUNTS.matcher(message);
        return amounts.find()
                ? "asked for %s; %s has %s, of which %s is free"
                        .formatted(amounts.group(1), amounts.group(2), amounts.group(3), amounts.group(4))
                : message.strip().lines().findFirst().orElse("");
    }
}
