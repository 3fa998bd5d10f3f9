package dev.lethe.worker;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * A request to stop, from Ctrl-C, {@code kill} or a pod's eviction. Work calls {@link #check} wherever it could
 * continue from; the process ends when the work has {@link #settled}.
 */
public final class StopSignal {
    /** A stage that does not reach such a point within this time is cut off: it continues from its last checkpoint. */
    private static final long PATIENCE_SECONDS = 20;

    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private final CountDownLatch requested = new CountDownLatch(1);
    private final CountDownLatch settled = new CountDownLatch(1);

    /** A stop signal that the process's own signals raise. */
    public static StopSignal ofProcess() {
        StopSignal signal = new StopSignal();
        Runtime.getRuntime().addShutdownHook(new Thread(signal::stopAndAwait, "stop"));
        return signal;
    }

    public void request() {
        requested.countDown();
        listeners.forEach(Runnable::run);
    }

    /** Runs a listener, on any thread, when a stop is requested. */
    public void onRequest(Runnable listener) {
        listeners.add(listener);
        if (isRequested()) {
            listener.run();
        }
    }

    public boolean isRequested() {
        return requested.getCount() == 0;
    }

    /** @throws Stopped where a stop was requested */
    public void check() {
        if (isRequested()) {
            throw new Stopped();
        }
    }

    /** The work has ended, by itself or on request: everything that must be on disk is. */
    public void settled() {
        settled.countDown();
    }

    private void stopAndAwait() {
        if (settled.getCount() == 0) {
            return; // the process ends because the work has ended
        }
        System.err.println("lethe: stopping where it can continue");
        request();
        try {
            if (!settled.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                Runtime.getRuntime().halt(Failure.INTERRUPTED); // libtorch may not be unloaded while it computes
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
