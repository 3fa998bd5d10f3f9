package dev.lethe.worker.report;

import dev.lethe.api.stage.RunResult;
import dev.lethe.api.status.GateResult;
import dev.lethe.api.status.Verdict;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.stream.Collectors;

/** The summary of a run for a terminal: at most 100 columns, no colour, each line ending with a newline. */
public final class ResultTable {
    private static final int WIDTH = 100;

    /** So that the seven numbers of semeval2025 and the gaps fit beside it. */
    private static final int NAME_WIDTH = 18;

    /** {@code 0.944}. */
    private static final int NUMBER_WIDTH = 5;

    private static final String GAP = "  ";

    private ResultTable() {}

    /** Every system's numbers, the gates, the verdict, and where the published model stands. */
    public static String render(RunResult result) {
        String published = result.published() == null
                ? ""
                : line("model", result.published().uri());
        List<MeasuredSystem> systems = MeasuredSystem.of(result);
        return numbers(systems) + parts(systems) + "\n" + outcome(result.gates(), result.verdict()) + published;
    }

    /** The numbers in the table that are of less than all rows. */
    private static String parts(List<MeasuredSystem> systems) {
        String lines = Arrays.stream(HeadlineMetric.values())
                .flatMap(headline -> systems.stream()
                        .map(system -> headline.of(system.metrics()))
                        .filter(value -> value != null && value.total() != null)
                        .map(value ->
                                line("rows", headline.metric() + "  " + HeadlineMetric.rows(value) + " measurable"))
                        .distinct())
                .collect(Collectors.joining());
        return lines.isEmpty() ? "" : "\n" + lines;
    }

    /** The same, and where the evidence and the report are. */
    public static String render(RunResult result, Path resultFile, Path reportFile) {
        return render(result) + line("result", resultFile.toString()) + line("report", reportFile.toString());
    }

    /** The gates, and the verdict that follows from them. */
    public static String outcome(List<GateResult> gates, Verdict verdict) {
        return gates(gates) + "\n" + line("verdict", verdict + ". " + GateText.sentence(verdict, gates));
    }

    private static String numbers(List<MeasuredSystem> systems) {
        int nameWidth = systems.stream()
                .mapToInt(system -> system.name().length())
                .max()
                .orElse(0);
        int width = Math.min(Math.max(nameWidth, "system".length()), NAME_WIDTH);
        return blocks(MeasuredSystem.headlines(systems), WIDTH - width).stream()
                .map(block -> header(block, width, "", 0)
                        + header(block, width, "system", 1)
                        + systems.stream()
                                .map(system -> row(block, width, system))
                                .collect(Collectors.joining()))
                .collect(Collectors.joining("\n"));
    }

    /** As many suites beside each other as there is room for; the numbers of one stay together. */
    private static List<List<HeadlineMetric>> blocks(List<HeadlineMetric> headlines, int room) {
        var suites = headlines.stream()
                .collect(Collectors.groupingBy(HeadlineMetric::suite, LinkedHashMap::new, Collectors.toList()));
        List<List<HeadlineMetric>> blocks = new ArrayList<>();
        int left = 0;
        for (List<HeadlineMetric> suite : suites.values()) {
            int taken = suite.stream().mapToInt(it -> GAP.length() + width(it)).sum();
            if (taken > left) {
                blocks.add(new ArrayList<>());
                left = room;
            }
            blocks.getLast().addAll(suite);
            left -= taken;
        }
        return blocks;
    }

    private static String header(List<HeadlineMetric> headlines, int nameWidth, String name, int word) {
        return left(name, nameWidth)
                + headlines.stream()
                        .map(headline -> GAP + right(words(headline)[word], width(headline)))
                        .collect(Collectors.joining())
                + "\n";
    }

    private static String row(List<HeadlineMetric> headlines, int nameWidth, MeasuredSystem system) {
        return left(system.name(), nameWidth)
                + headlines.stream()
                        .map(headline ->
                                GAP + right(HeadlineMetric.text(headline.of(system.metrics())), width(headline)))
                        .collect(Collectors.joining())
                + "\n";
    }

    private static String gates(List<GateResult> gates) {
        int width =
                gates.stream().mapToInt(gate -> gate.metric().length()).max().orElse(0);
        return gates.stream().map(gate -> gate(gate, width)).collect(Collectors.joining());
    }

    private static String gate(GateResult gate, int width) {
        String numbers = right(GateText.measured(gate), NUMBER_WIDTH) + GAP + left(GateText.outcome(gate), 11);
        return line("gate", left(gate.metric(), width) + GAP + numbers + GAP + GateText.bound(gate));
    }

    private static String line(String label, String text) {
        return left(label, 7) + GAP + text + "\n";
    }

    private static String[] words(HeadlineMetric headline) {
        return headline.label().split(" ", 2);
    }

    private static int width(HeadlineMetric headline) {
        return Arrays.stream(words(headline)).mapToInt(String::length).reduce(NUMBER_WIDTH, Math::max);
    }

    private static String left(String text, int width) {
        String cut = text.length() <= width ? text : text.substring(0, width - 1) + "…";
        return cut + " ".repeat(width - cut.length());
    }

    private static String right(String text, int width) {
        return " ".repeat(Math.max(0, width - text.length())) + text;
    }
}
