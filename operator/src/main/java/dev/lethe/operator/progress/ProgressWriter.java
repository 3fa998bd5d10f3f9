package dev.lethe.operator.progress;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lethe.api.document.Documents;
import dev.lethe.api.status.Progress;
import dev.lethe.operator.cluster.ClusterDocuments;
import dev.lethe.operator.cluster.LetheObject;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.net.HttpURLConnection;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes reports into the status of their stages at a limited rate. A later report replaces one that still waits. */
final class ProgressWriter implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ProgressWriter.class);
    private static final ObjectMapper JSON = Documents.mapper();
    private static final Duration RETRY_AFTER_CONFLICT = Duration.ofSeconds(1);

    /** Names a stage; {@code kind} is the plural. */
    record Key(String kind, String namespace, String name) {}

    /**
     * A report to write.
     *
     * @param stage reads the stage from the informer when the report is written; empty where the attempt has ended by then
     */
    record Report(Progress progress, Supplier<Optional<LetheObject>> stage) {}

    private final KubernetesClient client;
    private final Clock clock;
    private final Duration minInterval;
    private final Map<Key, Report> pending = new ConcurrentHashMap<>();
    private final Map<Key, Instant> nextWrite = new ConcurrentHashMap<>();
    private final ScheduledExecutorService writer = Executors.newScheduledThreadPool(
            2, Thread.ofPlatform().name("lethe-progress-", 1).daemon().factory());

    /** @param minInterval the least time between two writes to one stage */
    ProgressWriter(KubernetesClient client, Clock clock, Duration minInterval) {
        this.client = client;
        this.clock = clock;
        this.minInterval = minInterval;
    }

    /** Schedules a report, in place of an earlier one that is not written yet. */
    void offer(Key stage, Report report) {
        if (pending.put(stage, report) == null) {
            var due = nextWrite.getOrDefault(stage, Instant.MIN);
            var now = clock.instant();
            schedule(stage, due.isAfter(now) ? Duration.between(now, due) : Duration.ZERO);
        }
    }

    private void schedule(Key stage, Duration delay) {
        var unused = writer.schedule(() -> write(stage), delay.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void write(Key stage) {
        var now = clock.instant();
        nextWrite.values().removeIf(due -> !due.isAfter(now));
        nextWrite.put(stage, now.plus(minInterval));
        var report = pending.remove(stage);
        if (report == null) {
            return;
        }
        try {
            report.stage.get().ifPresent(object -> patch(object, report.progress));
        } catch (KubernetesClientException e) {
            if (e.getCode() == HttpURLConnection.HTTP_CONFLICT) {
                // Somebody else wrote in between: try again with what the informer has by then.
                if (pending.putIfAbsent(stage, report) == null) {
                    schedule(stage, RETRY_AFTER_CONFLICT);
                }
            } else {
                LOG.debug("a report of progress was not written", e);
            }
        } catch (RuntimeException e) {
            LOG.warn("a report of progress was not written", e);
        }
    }

    /** Replaces the progress and nothing else; fields that it no longer has become null. */
    private void patch(LetheObject stage, Progress progress) {
        ObjectNode fields = JSON.valueToTree(progress);
        Stream.of(Progress.class.getRecordComponents())
                .filter(component -> !fields.has(component.getName()))
                .forEach(component -> fields.putNull(component.getName()));
        var patch = JSON.createObjectNode();
        patch.putObject("metadata").put("resourceVersion", stage.getMetadata().getResourceVersion());
        patch.putObject("status").set("progress", fields);
        client.resource(ClusterDocuments.identity(stage))
                .subresource("status")
                .patch(PatchContext.of(PatchType.JSON_MERGE), patch.toString());
    }

    @Override
    public void close() {
        writer.shutdownNow();
    }
}
