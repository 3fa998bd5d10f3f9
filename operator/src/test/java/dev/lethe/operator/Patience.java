package dev.lethe.operator;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.Callable;

/** Waits for what other threads bring about, for as long as a busy machine may need. */
final class Patience {
    private static final Duration LONGEST = Duration.ofMinutes(2);

    private Patience() {}

    static void await(Callable<Boolean> condition) throws Exception {
        var end = System.nanoTime() + LONGEST.toNanos();
        while (!condition.call()) {
            assertThat(System.nanoTime()).isLessThan(end);
            Thread.sleep(50);
        }
    }
}
