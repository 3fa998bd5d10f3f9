package dev.lethe.e2e.cluster;

import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Waiting for the cluster, which takes its time; a wait that is given up says what was seen last. */
public final class Await {
    /** Longer than anything takes, on a machine that is busy with something else as well. */
    private static final Duration PATIENCE = Duration.ofMinutes(6);

    private static final Duration PAUSE = Duration.ofMillis(300);

    private Await() {}

    public static void until(String what, BooleanSupplier condition, Supplier<String> seen) {
        value(what, () -> condition.getAsBoolean() ? Optional.of(true) : Optional.empty(), seen);
    }

    /** The first value that is there. Requests that fail meanwhile are made again: an API server may be away. */
    public static <T> T value(String what, Supplier<Optional<T>> look, Supplier<String> seen) {
        var end = System.nanoTime() + PATIENCE.toNanos();
        KubernetesClientException last = null;
        while (System.nanoTime() < end) {
            try {
                var value = look.get();
                if (value.isPresent()) {
                    return value.get();
                }
            } catch (KubernetesClientException e) {
                last = e;
            }
            pause();
        }
        throw new AssertionError("waited in vain for %s%n%s".formatted(what, last == null ? seen.get() : last), last);
    }

    private static void pause() {
        try {
            Thread.sleep(PAUSE);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
