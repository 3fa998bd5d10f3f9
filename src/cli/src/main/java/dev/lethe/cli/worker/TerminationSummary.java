package dev.lethe.cli.worker;

import dev.lethe.api.document.Documents;
import dev.lethe.api.stage.StageResult;
import dev.lethe.cli.Failure;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * The last words of a pod: at most 4 KiB, which Kubernetes keeps in the pod's status. The result without its per-subtask
 * numbers, and without what else does not fit; or the error's one line.
 */
public final class TerminationSummary {
    private static final int MAX_BYTES = 4096;
    private static final Path DEFAULT = Path.of("/dev/termination-log");

    private TerminationSummary() {}

    public static void write(StageResult result) {
        write(text(result));
    }

    public static void write(Throwable thrown) {
        write(Failure.of(thrown).message());
    }

    /** The result as one JSON document of at most 4 KiB. */
    static String text(StageResult result) {
        StageResult headlines = with(result, headlines(result.metrics()), Map.of(), result.counts());
        String text = Documents.line(headlines);
        return fits(text) ? text : Documents.line(with(result, Map.of(), Map.of(), Map.of()));
    }

    private static <T> Map<String, T> headlines(Map<String, T> metrics) {
        Map<String, T> headlines = new TreeMap<>(metrics);
        headlines.keySet().removeIf(name -> name.indexOf('/') != name.lastIndexOf('/'));
        return headlines;
    }

    private static StageResult with(
            StageResult result,
            Map<String, dev.lethe.api.status.MetricValue> metrics,
            Map<String, String> notMeasured,
            Map<String, Double> counts) {
        return new StageResult(
                result.stage(),
                result.kind(),
                result.inputs(),
                result.output(),
                metrics,
                notMeasured,
                result.verdict(),
                result.gates(),
                counts,
                result.started(),
                result.finished(),
                result.versions());
    }

    private static boolean fits(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length <= MAX_BYTES;
    }

    private static void write(String text) {
        String named = System.getenv("LETHE_TERMINATION_LOG");
        Path file = named != null ? Path.of(named) : DEFAULT;
        if (named == null && !Files.exists(DEFAULT)) {
            return; // not in a pod
        }
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        try {
            Files.write(file, java.util.Arrays.copyOf(bytes, Math.min(bytes.length, MAX_BYTES)));
        } catch (IOException e) {
            System.err.println(
                    "lethe: " + file + ": cannot be written: " + Objects.requireNonNullElse(e.getMessage(), ""));
        }
    }
}
