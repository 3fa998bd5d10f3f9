package dev.lethe.cli.command;

import dev.lethe.api.stage.StageResult;
import dev.lethe.worker.LocalFiles;
import dev.lethe.worker.report.Headline;
import dev.lethe.worker.report.ResultTable;
import java.util.Locale;
import java.util.stream.Collectors;

/** What a single stage says at its end. */
final class Summary {
    private Summary() {}

    static String of(StageResult result) {
        String metrics = result.metrics().entrySet().stream()
                .filter(metric ->
                        metric.getKey().indexOf('/') == metric.getKey().lastIndexOf('/'))
                .sorted(java.util.Map.Entry.comparingByKey())
                .map(metric -> String.format(
                        Locale.ROOT,
                        "%-36s %.4f  (%s)%n",
                        metric.getKey(),
                        metric.getValue().value(),
                        Headline.rows(metric.getValue())))
                .collect(Collectors.joining());
        String outcome = result.gates() == null || result.verdict() == null
                ? ""
                : "\n" + ResultTable.outcome(result.gates(), result.verdict()) + "\n";
        return metrics
                + outcome
                + "%s %s%n%s"
                        .formatted(
                                result.output().type(),
                                LocalFiles.path(result.output().uri()),
                                result.output().digest());
    }
}
