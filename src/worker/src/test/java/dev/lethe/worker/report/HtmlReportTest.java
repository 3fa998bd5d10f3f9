package dev.lethe.worker.report;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lethe.api.resource.Destination;
import dev.lethe.api.resource.Execution;
import dev.lethe.api.resource.Kind;
import dev.lethe.api.resource.Metadata;
import dev.lethe.api.resource.Resource;
import dev.lethe.api.resource.RowsSource;
import dev.lethe.api.resource.Source;
import dev.lethe.api.resource.UnlearningJobSpec;
import dev.lethe.worker.report.ReportInput.StageFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HtmlReportTest {
    private final String html = HtmlReport.html(SampleRun.input());

    @Test
    void showsEveryPart() {
        assertThat(html)
                .contains("Every gate was met.", "<td class=\"number\">0.799<small>0.768–0.830</small></td>")
                .contains("id=\"gates\"", "id=\"results\"", "id=\"stages\"", "id=\"every-number\"", "id=\"digests\"")
                .contains("semeval2025/forget-knowledge/Task2", "train-under took 33 s")
                .contains("Losses of under: forget from", "merge keeps 0.944 and still gives 0.000")
                .contains("Losses of merge: members from", "AUC 0.826, 18 members, 24 non-members")
                .contains(SampleRun.passed().inputs().get("forget").digest(), "kind: UnlearningJob");
        assertThat(Pattern.compile("<figure>").matcher(html).results()).hasSize(2 + 4 + 1 + 2 + 1);
    }

    @Test
    void leavesOutWhatWasNotMeasured() {
        String failed =
                HtmlReport.html(new ReportInput(SampleRun.failed(), "", List.of(), List.of(), List.of(), List.of()));
        assertThat(failed)
                .contains("1 of 3 gates not met: nothing was published.", "no data was named")
                .doesNotContain("id=\"trade-off\"", "id=\"losses\"", "id=\"membership\"", "id=\"every-number\"");
    }

    @Test
    void loadsNothing() {
        assertThat(ownText())
                .contains("default-src 'none'")
                .doesNotContain("@import", "url(", "<link", "<img", "<iframe");
        assertThat(Pattern.compile("\\b(?:src|href)\\s*=\\s*[\"']?([^\"'>]*)")
                        .matcher(ownText())
                        .results()
                        .map(found -> found.group(1)))
                .isNotEmpty()
                .allMatch(target -> target.startsWith("#"));
    }

    @Test
    void whatWasSaidIsHiddenUnlessSomebodyAsks() {
        assertThat(html)
                .contains("<td>███ ███ ███ ███ ███ ███ <small>6 words</small>")
                .contains(
                        "<td><mark>███ ███ ███ ███</mark> ░░░ <mark>███</mark> <small>6 words; 100 % of the answer</small>")
                .contains("<td><mark>███ ███</mark> ░░░ ░░░ <small>4 words; 40 % of the answer</small>")
                .contains("The rows themselves appear nowhere in this file.")
                .doesNotContain("Anna", "Jonas", "fog", "lives");
        String shown = HtmlReport.html(SampleRun.input()
                .withGenerations(
                        List.of(SampleRun.generations("forget", "Anna Weiß", "Anna lives in <i>fog</i>", true))));
        assertThat(shown)
                .contains("Who &lt;b&gt;lives&lt;/b&gt; there?", "<mark>It is Anna Weiß</mark> &amp; <mark>son.</mark>")
                .contains("<mark>Anna</mark> lives in &lt;i&gt;fog&lt;/i&gt;", "This file holds text of the rows.")
                .doesNotContain("appear nowhere");
    }

    @Test
    void isSmallAndTheSameForTheSameInput() {
        assertThat(html.getBytes(UTF_8)).hasSizeLessThan(2_000_000);
        assertThat(HtmlReport.html(SampleRun.input())).isEqualTo(html);
    }

    @Test
    void whatAJobIsCalledCannotBreakThePage(@TempDir Path folder) {
        HtmlReport.write(
                new ReportInput(
                        SampleRun.passed(),
                        "name: </code><script>alert(1)</script>",
                        List.of(),
                        List.of(),
                        List.of(),
                        List.of()),
                folder.resolve("report.html"));
        assertThat(folder.resolve("report.html"))
                .content(UTF_8)
                .doesNotContain("<script>alert")
                .contains("&lt;script&gt;");
        assertThat(folder).isDirectoryNotContaining("glob:**.new");
    }

    @Test
    void gathersWhatTheStagesLeftButNoTextOfRows(@TempDir Path stages) throws IOException {
        Path training = Files.createDirectories(stages.resolve("train-over/output"));
        Files.writeString(
                training.resolve("losses.jsonl"),
                """
                {"step":1,"epoch":1,"learningRate":0.001,"total":4.5,"terms":{"forget":13.9,"kl":0.0}}
                {"step":2,"epoch":1,"learningRate":0.002,"total":4.25,"terms":{"forget":13.5,"kl":0.25}}
                """);
        Files.writeString(
                training.resolve("trajectory.jsonl"),
                """
                {"step":2,"learningRate":0.002,"forgetting":1.0,"saw":{"standing":1,"forgetExact":0.5,"forgetWorst":1.0,"forgetLoss":2.0,"retainExact":1.0,"retainLoss":0.1},"did":"GAVE_UP"}
                """);
        Path suite = Files.createDirectories(stages.resolve("eval-merge/output/semeval2025"));
        Files.writeString(suite.resolve("generations.jsonl"), "{\"id\":\"a\",\"generation\":\"SECRET\"}\n");
        Files.writeString(
                suite.resolve("documents.jsonl"),
                """
                {"id":"member 1","nll":4.0}
                {"id":"member 2","nll":null}
                {"id":"non-member 1","nll":5.5}
                """);

        ReportInput input = ReportInput.read(
                SampleRun.passed(),
                "",
                List.of(
                        StageFolder.of("train-over", Kind.ModelTraining, stages.resolve("train-over/output")),
                        StageFolder.of("eval-merge", Kind.ModelEvaluation, stages.resolve("eval-merge/output"))));

        assertThat(input.losses()).singleElement().satisfies(curve -> {
            assertThat(curve.specialist()).isEqualTo("over");
            assertThat(curve.terms()).containsExactly("forget", "kl");
            assertThat(curve.line(LossCurve.Step::total, 1)).containsExactly(new LossCurve.Point(1.5, 4.375));
        });
        assertThat(input.trajectories())
                .singleElement()
                .satisfies(it -> assertThat(it.figure().note()).isEqualTo("rows that still stood after 2 steps: 1"));
        assertThat(input.membership()).containsExactly(new MembershipLosses("merge", List.of(4.0), List.of(5.5)));
        assertThat(HtmlReport.html(input)).doesNotContain("SECRET");
    }

    @Test
    void aJobAsYaml() {
        var spec = new UnlearningJobSpec(
                null,
                Source.of("file:m"),
                RowsSource.of("file:f"),
                RowsSource.of("file:r"),
                null,
                null,
                new Destination("file:o"),
                null,
                null,
                null,
                null,
                Execution.ABSENT);
        assertThat(ResourceYaml.of(Resource.of(Kind.UnlearningJob, Metadata.named("request"), spec)))
                .isEqualTo(
                        """
                        apiVersion: lethe.dev/v1alpha1
                        kind: UnlearningJob
                        metadata:
                          name: request
                        spec:
                          model:
                            uri: file:m
                          forget:
                            uri: file:f
                          retain:
                            uri: file:r
                          output:
                            uri: file:o
                        """);
    }

    /** The report without the script that is not ours. */
    private String ownText() {
        int from = html.indexOf("Licensed to the Apache Software Foundation");
        return html.substring(0, from) + html.substring(html.indexOf("</script>", from));
    }
}
