package dev.lethe.worker.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lethe.api.stage.RunResult;
import dev.lethe.api.status.MetricValue;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class ResultTableTest {
    @Test
    void aPassedRunAsItIsPrinted() {
        assertThat(ResultTable.render(SampleRun.passed(), Path.of("run/result.json"), Path.of("run/report.html")))
                .isEqualTo(
                        """
                                       forget     forget         retain     retain       task    MIA      retain
                        system  regurgitation  knowledge  regurgitation  knowledge  aggregate    AUC  perplexity
                        base            0.808      1.000          0.716      1.000      0.000  1.000       1.310
                        over            0.014      0.000          0.498      0.900      0.531  0.042       9.870
                        under           0.128      0.056          0.247      0.844      0.526  1.000       24.60
                        merge           0.104      0.000          0.647      0.944      0.799  0.826       2.940

                        gate     semeval2025/forget-knowledge  0.000  met          at most 0.100
                        gate     semeval2025/retain-knowledge  0.944  met          at least 0.800 (relative to the base)

                        verdict  Passed. Every gate was met.
                        model    file:unlearned
                        result   run/result.json
                        report   run/report.html
                        """);
    }

    @Test
    void numbersOfOtherSuitesStandBelow() {
        RunResult run = SampleRun.passed();
        Map<String, MetricValue> other = Map.of(
                "fluency/forget-degenerate", new MetricValue(0, 6, 0.0, 0.0),
                "memorization/forget-extraction", new MetricValue(0.25, 6, 0.2, 0.3));
        Map<String, RunResult.SystemResult> both = new TreeMap<>(run.systems());
        both.put("merge", new RunResult.SystemResult(run.systems().get("merge").model(), other, Map.of()));
        RunResult more = new RunResult(run.job(), run.verdict(), List.of(), both, List.of(), Map.of(), null);
        assertThat(ResultTable.render(more))
                .contains(
                        """

                                    forget      retain      forget      retain
                        system  extraction  extraction  degenerate  degenerate
                        base             –           –           –           –
                        over             –           –           –           –
                        under            –           –           –           –
                        merge        0.250           –       0.000           –
                        """);
    }

    @Test
    void theMergeOfTheLastRoundStandsLastAndCounts() {
        List<String> names = List.of("merge-r10", "merge", "base", "merge-r2", "over", "merger");
        RunResult run = SampleRun.rounds(names);
        List<MeasuredSystem> systems = MeasuredSystem.of(run);
        assertThat(systems)
                .extracting(MeasuredSystem::name)
                .containsExactly("base", "merger", "over", "merge", "merge-r2", "merge-r10");
        assertThat(MetricTable.headlines(systems).rows())
                .filteredOn(MetricTable.Row::strong)
                .extracting(MetricTable.Row::name)
                .containsExactly("merge-r10");
        Palette palette = Palette.of(systems);
        assertThat(names.stream().map(palette::symbol))
                .containsExactly("diamond", "emptyDiamond", "circle", "emptyDiamond", "rect", "triangle");
        assertThat(palette.colour("merge")).isEqualTo(palette.colour("merge-r10"));
        assertThat(HtmlReport.html(new ReportInput(run, "", List.of(), List.of(), List.of(), List.of())))
                .contains("What counts is <code>merge-r10</code>");
    }

    @Test
    void whatWasNotMeasuredIsADash() {
        assertThat(ResultTable.render(SampleRun.failed()))
                .isEqualTo(
                        """
                                       forget     forget         retain     retain       task    MIA      retain
                        system  regurgitation  knowledge  regurgitation  knowledge  aggregate    AUC  perplexity
                        base                –          –              –          –          –      –           –

                        gate     semeval2025/forget-knowledge  0.000  met          at most 0.100
                        gate     semeval2025/mmlu                  –  not decided  at least 0.250
                        gate     semeval2025/retain-knowledge  0.944  not met      at least 0.990

                        verdict  Failed. 1 of 3 gates not met: nothing was published.
                        """);
    }

    @Test
    void noLineIsWiderThanAHundredColumns() {
        assertThat(ResultTable.render(SampleRun.passed()).lines()).allMatch(line -> line.length() <= 100);
    }
}
