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

/** Brings reports into the status of their stages: seldom, the latest one, and the last one surely. */
final class ProgressWrites implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ProgressWrites.class);
    private static final ObjectMapper JSON = Documents.mapper();
    private static final Duration AFTER_CONFLICT = Duration.ofSeconds(1);

    /** One stage. */
    record Key(String kind, String namespace, String name) {}

    /**
     * What is to be written.
     *
     * @param stage the stage as the informer has it by then; empty where the report is about an attempt that has ended
     */
    record Report(Progress progress, Supplier<Optional<LetheObject>> stage) {}

    private final KubernetesClient client;
    private final Clock clock;
    private final Duration every;
    private final Map<Key, Report> pending = new ConcurrentHashMap<>();
    private final Map<Key, Instant> written = new ConcurrentHashMap<>();
    private final ScheduledExecutorService writer = Executors.newScheduledThreadPool(
            2, Thread.ofPlatform().name("lethe-progress-", 1).daemon().factory());

    /** @param every the least time between two writes to one stage */
    ProgressWrites(KubernetesClient client, Clock clock, Duration every) {
        this.client = client;
        this.clock = clock;
        this.every = every;
    }

    /** Takes a report in place of an earlier one that is not written yet. */
    void offer(Key stage, Report report) {
        if (pending.put(stage, report) == null) {
            var due = written.getOrDefault(stage, Instant.MIN);
            var now = clock.instant();
            schedule(stage, due.isAfter(now) ? Duration.between(now, due) : Duration.ZERO);
        }
    }

    private void schedule(Key stage, Duration delay) {
        var unused = writer.schedule(() -> write(stage), delay.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void write(Key stage) {
        var now = clock.instant();
        written.values().removeIf(due -> !due.isAfter(now));
        written.put(stage, now.plus(every));
        var report = pending.remove(stage);
        if (report == null) {
            return;
        }
        try {
            report.stage.get().ifPresent(object -> patch(object, report.progress));
        } catch (KubernetesClientException e) {
            if (e.getCode() == HttpURLConnection.HTTP_CONFLICT) {
                // Somebody wrote in between: once more, with what the informer has by then.
                if (pending.putIfAbsent(stage, report) == null) {
                    schedule(stage, AFTER_CONFLICT);
                }
            } else {
                LOG.debug("a report of progress was not written", e);
            }
        } catch (RuntimeException e) {
            LOG.warn("a report of progress was not written", e);
        }
    }

    /** The progress alone; what it no longer has is taken out. */
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
