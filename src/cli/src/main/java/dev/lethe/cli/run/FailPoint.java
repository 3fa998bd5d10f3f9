package dev.lethe.cli.run;

import dev.lethe.worker.Failure;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Where a test wants this process to die as if by {@code kill -9}: the system property {@code lethe.test.haltAt} is
 * {@code STAGE:POINT:N}, the N-th time that a stage comes to an event of {@link EventLog}, or to {@code progress}.
 */
final class FailPoint {
    private static final String HALT_AT = System.getProperty("lethe.test.haltAt", "");
    private static final AtomicInteger REACHED = new AtomicInteger();

    private FailPoint() {}

    static void reached(String stage, String point) {
        if (!HALT_AT.isEmpty()
                && HALT_AT.startsWith(stage + ":" + point + ":")
                && HALT_AT.endsWith(":" + REACHED.incrementAndGet())) {
            Runtime.getRuntime().halt(Failure.KILLED);
        }
    }
}
