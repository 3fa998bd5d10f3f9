package dev.lethe.worker.report;

import dev.lethe.api.stage.RunResult;
import dev.lethe.api.stage.StageResult.Input;
import dev.lethe.api.status.GateResult;
import dev.lethe.api.status.ModelReference;
import dev.lethe.api.status.StageSummary;
import dev.lethe.api.status.Verdict;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The report's words and numbers, as the template {@code report.hbs} names them. */
record ReportPage(
        String job,
        @Nullable Judgement judgement,
        @Nullable String published,
        List<Gate> gates,
        MetricTable results,
        List<GenerationTable> generations,
        boolean textShown,
        @Nullable String lastRound,
        List<Figure> tradeOffs,
        boolean gateArea,
        @Nullable SearchFrontier search,
        List<Figure> membership,
        MetricTable everything,
        List<Gap> gaps,
        List<Figure> trajectories,
        List<Figure> losses,
        @Nullable Figure timeline,
        List<Stage> stages,
        List<Content> digests,
        String configuration) {

    static ReportPage of(ReportInput input) {
        RunResult result = input.result();
        List<MeasuredSystem> systems = MeasuredSystem.of(result);
        return new ReportPage(
                result.job(),
                result.verdict() == null ? null : Judgement.of(result.verdict(), result.gates()),
                result.published() == null ? null : result.published().uri(),
                result.gates().stream().map(Gate::of).toList(),
                MetricTable.headlines(systems),
                input.generations().stream()
                        .map(GenerationTable::of)
                        .filter(table -> !table.lines().isEmpty())
                        .toList(),
                input.generations().stream().anyMatch(Generations::shown),
                lastRound(systems),
                TradeOff.figures(systems, result.gates()),
                TradeOff.anyGated(result.gates()),
                result.search() == null ? null : SearchFrontier.of(result.search()),
                MembershipFigure.all(input.membership(), systems),
                MetricTable.everything(systems),
                MeasuredSystem.gaps(systems).entrySet().stream()
                        .map(gap -> new Gap(gap.getKey(), gap.getValue()))
                        .toList(),
                input.trajectories().stream().map(Trajectory::figure).toList(),
                input.losses().stream().map(LossFigure::of).toList(),
                Timeline.figure(result.stages()).orElse(null),
                result.stages().stream().map(Stage::of).toList(),
                Content.of(result, systems),
                input.configuration());
    }

    /** The merge that the gates judge, where there are others of rounds before. */
    private static @Nullable String lastRound(List<MeasuredSystem> systems) {
        List<String> merges = systems.stream()
                .map(MeasuredSystem::name)
                .filter(MeasuredSystem::isMerge)
                .toList();
        return merges.size() > 1 ? merges.getLast() : null;
    }

    /** The verdict, with a mark for those who do not see colours, and in words. */
    record Judgement(Verdict verdict, String mark, String sentence) {
        static Judgement of(Verdict verdict, List<GateResult> gates) {
            String mark =
                    switch (verdict) {
                        case Passed -> "✓";
                        case Failed -> "✗";
                        case Inconclusive, Declared -> "?";
                    };
            return new Judgement(verdict, mark, GateText.sentence(verdict, gates));
        }
    }

    /** @param message only where the numbers beside it do not say it */
    record Gate(
            String metric, String measured, String bound, Verdict verdict, String outcome, @Nullable String message) {
        static Gate of(GateResult gate) {
            return new Gate(
                    gate.metric(),
                    GateText.measured(gate),
                    GateText.bound(gate),
                    gate.verdict(),
                    GateText.outcome(gate),
                    gate.message());
        }
    }

    /** A metric without a number, or with one of less than all rows. */
    record Gap(String metric, String why) {}

    /** A stage as a line of text. */
    record Stage(
            String name,
            String kind,
            String phase,
            @Nullable String message,
            String attempt,
            String started,
            String took) {
        private static final DateTimeFormatter UTC = DateTimeFormatter.ofPattern(
                        "uuuu-MM-dd HH:mm:ss 'UTC'", Locale.ROOT)
                .withZone(ZoneOffset.UTC);

        static Stage of(StageSummary stage) {
            return new Stage(
                    stage.name(),
                    stage.kind().name(),
                    stage.phase().name(),
                    stage.message(),
                    Integer.toString(stage.attempt()),
                    stage.started() == null ? HeadlineMetric.NOT_MEASURED : UTC.format(stage.started()),
                    Timeline.took(stage).orElse(HeadlineMetric.NOT_MEASURED));
        }
    }

    /** Something read, made or published, by its content. */
    record Content(String what, String uri, String rows, String digest) {
        static List<Content> of(RunResult result, List<MeasuredSystem> systems) {
            List<Content> contents = new ArrayList<>();
            new TreeMap<>(result.inputs()).forEach((role, input) -> contents.add(read(role, input)));
            systems.forEach(system -> contents.add(made("system " + system.name(), system.model())));
            if (result.published() != null) {
                contents.add(made("published", result.published()));
            }
            return contents;
        }

        private static Content read(String role, Input input) {
            return new Content("input " + role, input.uri(), rows(input), input.digest());
        }

        /** {@code 60 (csv)}: how many, and of what form where that is known. */
        private static String rows(Input input) {
            String count = input.count() == null ? "" : Long.toString(input.count());
            return input.rows() == null
                    ? count
                    : "%s (%s)".formatted(count, input.rows().form());
        }

        private static Content made(String what, ModelReference model) {
            return new Content(
                    what, model.uri(), "", model.digest() == null ? HeadlineMetric.NOT_MEASURED : model.digest());
        }
    }
}
