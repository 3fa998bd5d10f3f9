package dev.lethe.merge.engine;

import dev.lethe.merge.method.Chunk;
import dev.lethe.merge.method.Scan;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;

/** A number of threads that share lists of tasks. A task must not hand tasks to the same threads. */
public final class WorkerThreads implements AutoCloseable, Scan {
    private final ExecutorService threads;

    public WorkerThreads(int count) {
        threads = Executors.newFixedThreadPool(
                count, Thread.ofPlatform().daemon().name("merge-", 1).factory());
    }

    /** The results in the order of the items. The first failure is thrown, and no more items begin after it. */
    public <T, R> List<R> map(List<T> items, Function<T, R> task) {
        List<Future<R>> futures = new ArrayList<>();
        items.forEach(item -> futures.add(threads.submit(() -> task.apply(item))));
        List<R> results = new ArrayList<>();
        try {
            for (Future<R> future : futures) {
                results.add(result(future));
            }
            return results;
        } finally {
            // Not interrupted: an interrupt would close the channels that others still read.
            futures.forEach(future -> future.cancel(false));
        }
    }

    /** Waits for a result; a failure is thrown as it was. */
    static <R> R result(Future<R> future) {
        try {
            return future.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case RuntimeException failed -> throw failed;
                case Error error -> throw error;
                case null, default -> throw new IllegalStateException(e);
            }
        }
    }

    @Override
    public <T> List<T> over(List<Chunk> chunks, Function<Chunk, T> visit) {
        return map(chunks, visit);
    }

    /** Waits for what is still running. */
    @Override
    public void close() {
        threads.close();
    }
}
