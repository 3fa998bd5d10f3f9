package dev.lethe.cli.report;

import dev.lethe.api.document.Documents;
import dev.lethe.api.stage.RunResult;
import dev.lethe.api.status.GateResult;
import dev.lethe.api.status.Verdict;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** A run of the size of the quickstart, with numbers that such runs had. */
public final class SampleRun {
    private SampleRun() {}

    public static RunResult passed() {
        try (InputStream in = Objects.requireNonNull(SampleRun.class.getResourceAsStream("result.json"))) {
            return Documents.parse(
                    "result.json", new String(in.readAllBytes(), StandardCharsets.UTF_8), RunResult.class);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The same run, where the second gate could not be decided and the third was not met. */
    static RunResult failed() {
        RunResult run = passed();
        List<GateResult> gates = List.of(
                run.gates().getFirst(),
                new GateResult("semeval2025/mmlu", "min", 0.25, null, Verdict.Inconclusive, "no data was named"),
                new GateResult("semeval2025/retain-knowledge", "min", 0.99, 0.944, Verdict.Failed, null));
        Map<String, RunResult.SystemResult> base = Map.of(
                "base", new RunResult.SystemResult(run.systems().get("base").model(), Map.of()));
        return new RunResult(run.job(), Verdict.Failed, gates, base, run.stages(), run.inputs(), null);
    }
}
