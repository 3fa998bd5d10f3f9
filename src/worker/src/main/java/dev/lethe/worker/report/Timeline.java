package dev.lethe.worker.report;

import dev.lethe.api.resource.Kind;
import dev.lethe.api.status.StageSummary;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.icepear.echarts.charts.bar.BarDataItem;
import org.icepear.echarts.charts.bar.BarItemStyle;
import org.icepear.echarts.charts.bar.BarLabel;
import org.icepear.echarts.charts.bar.BarSeries;
import org.icepear.echarts.components.coord.cartesian.CategoryAxis;
import org.icepear.echarts.origin.util.SeriesOption;

/** When each stage ran: bars over the time since the first began. */
record Timeline(List<StageSummary> stages, Instant begin, Unit unit) {
    private static final int BAR_HEIGHT = 34;
    private static final int AXES_HEIGHT = 80;

    /** What the axis counts in, so that its numbers stay small. */
    private enum Unit {
        seconds(1),
        minutes(60),
        hours(3600);

        private final double length;

        Unit(double length) {
            this.length = length;
        }

        static Unit of(Duration whole) {
            return whole.toMinutes() < 5 ? seconds : whole.toHours() < 5 ? minutes : hours;
        }

        double in(Duration duration) {
            return Figure.rounded(duration.toMillis() / 1000.0 / length);
        }
    }

    /** Nothing where no stage ran to an end. */
    static Optional<Figure> figure(List<StageSummary> all) {
        List<StageSummary> ran = all.stream()
                .filter(stage -> stage.started() != null && stage.finished() != null)
                .toList();
        if (ran.isEmpty()) {
            return Optional.empty();
        }
        Instant begin =
                ran.stream().map(Timeline::started).min(Instant::compareTo).orElseThrow();
        Instant end =
                ran.stream().map(Timeline::finished).max(Instant::compareTo).orElseThrow();
        return Optional.of(new Timeline(ran, begin, Unit.of(Duration.between(begin, end))).figure());
    }

    private Figure figure() {
        Object[] names = stages.stream().map(StageSummary::name).toArray();
        var option = Figure.still()
                .setGrid(Figure.grid().setLeft(8).setTop(8).setRight(56))
                .setXAxis(
                        Figure.horizontal(unit + " since the first stage began").setMin(0))
                .setYAxis(new CategoryAxis().setInverse(true).setData(names))
                .setSeries(new SeriesOption[] {waits(), works()});
        String words = stages.stream()
                .map(stage -> stage.name() + " took " + took(stage).orElse("an unknown time"))
                .collect(Collectors.joining("; "));
        int height = AXES_HEIGHT + BAR_HEIGHT * stages.size();
        return Figure.of("Timeline", "", "Stages over time: " + words, height, option);
    }

    /** Invisible bars that push the visible ones to where they begin. */
    private BarSeries waits() {
        return new BarSeries()
                .setStack("time")
                .setSilent(true)
                .setItemStyle(new BarItemStyle().setColor("transparent"))
                .setData(stages.stream()
                        .map(stage -> (Object) unit.in(Duration.between(begin, started(stage))))
                        .toArray());
    }

    private BarSeries works() {
        return new BarSeries()
                .setStack("time")
                .setSilent(true)
                .setBarWidth(18)
                .setLabel(new BarLabel().setShow(true).setPosition("right"))
                .setData(stages.stream().map(this::bar).toArray(BarDataItem[]::new));
    }

    private BarDataItem bar(StageSummary stage) {
        return new BarDataItem()
                .setValue(unit.in(Duration.between(started(stage), finished(stage))))
                .setItemStyle(new BarItemStyle().setColor(colour(stage.kind())).setBorderRadius(3))
                .setLabel(new BarLabel().setFormatter(took(stage).orElse("")));
    }

    private static String colour(Kind kind) {
        return switch (kind) {
            case ModelPreparation -> "#8a8f98";
            case ModelTraining -> "#e07b27";
            case ModelEvaluation -> "#3f87d9";
            case ModelMerge -> "#27a06a";
            case ModelPublication, UnlearningJob -> "#b264c8";
        };
    }

    /** {@code 29 s}, {@code 3 min 12 s}, {@code 2 h 5 min}; nothing where the stage did not run to an end. */
    static Optional<String> took(StageSummary stage) {
        if (stage.started() == null || stage.finished() == null) {
            return Optional.empty();
        }
        Duration took = Duration.between(stage.started(), stage.finished());
        return Optional.of(
                took.toMinutes() < 1
                        ? String.format(
                                Locale.ROOT, took.toSeconds() < 10 ? "%.1f s" : "%.0f s", took.toMillis() / 1000.0)
                        : took.toHours() < 1
                                ? "%d min %d s".formatted(took.toMinutes(), took.toSecondsPart())
                                : "%d h %d min".formatted(took.toHours(), took.toMinutesPart()));
    }

    private static Instant started(StageSummary stage) {
        return Objects.requireNonNull(stage.started());
    }

    private static Instant finished(StageSummary stage) {
        return Objects.requireNonNull(stage.finished());
    }
}
