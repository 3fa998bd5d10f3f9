package dev.lethe.worker.report;

import dev.lethe.api.document.Documents;
import dev.lethe.api.resource.Kind;
import dev.lethe.api.resource.RowColumns;
import dev.lethe.merge.digest.Digest;
import dev.lethe.merge.file.InputFile;
import dev.lethe.unlearning.data.Row;
import dev.lethe.unlearning.data.Rows;
import dev.lethe.worker.engine.EngineSettings;
import dev.lethe.worker.report.ReportInput.StageFolder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What the base and the merge said to the rows of one set.
 *
 * @param set forget or retain
 * @param shown whether a report may show what it says in words
 */
public record Generations(String set, List<Pair> pairs, boolean shown) {
    /**
     * A row, and what was said to it.
     *
     * @param number of the row in its file, from 1
     */
    record Pair(int number, String prompt, String answer, String base, String merge) {
        /** Shows no text: no row may reach a log. */
        @Override
        public String toString() {
            return "Pair[…]";
        }
    }

    /** A line of a suite's journal. */
    private record Line(String id, String generation) {}

    /**
     * Reads what was said to the rows of a set.
     *
     * @param file of the rows
     * @param digest of the file as the job read it
     * @param columns the fields whose names are none of those that are known
     * @param stages that ended well
     * @return empty where either model was not asked, or the rows are gone or are others by now
     */
    public static Optional<Generations> read(
            String set,
            Path file,
            String digest,
            @Nullable RowColumns columns,
            List<StageFolder> stages,
            boolean shown) {
        Map<String, String> base = said(set, MeasuredSystem.BASE, stages);
        Map<String, String> merge = MeasuredSystem.lastMerge(stages.stream()
                        .filter(stage -> stage.kind() == Kind.ModelEvaluation)
                        .map(StageFolder::subject))
                .map(last -> said(set, last, stages))
                .orElse(Map.of());
        if (base.isEmpty() || merge.isEmpty()) {
            return Optional.empty();
        }
        if (!Files.isRegularFile(file) || !Digest.ofFile(file).equals(digest)) {
            return Optional.empty();
        }
        List<Row> rows = Rows.read(file, set, EngineSettings.columns(columns)).rows();
        List<Pair> pairs = IntStream.range(0, rows.size())
                .filter(i -> base.containsKey(rows.get(i).id())
                        && merge.containsKey(rows.get(i).id()))
                .mapToObj(i -> pair(i + 1, rows.get(i), base, merge))
                .toList();
        return Optional.of(new Generations(set, pairs, shown));
    }

    private static Pair pair(int number, Row row, Map<String, String> base, Map<String, String> merge) {
        return new Pair(
                number, row.input(), row.output(), base.getOrDefault(row.id(), ""), merge.getOrDefault(row.id(), ""));
    }

    /** What a system said, by the id of the row: in the first suite that asked for it. */
    private static Map<String, String> said(String set, String system, List<StageFolder> stages) {
        Optional<Path> journal = stages.stream()
                .filter(stage ->
                        stage.kind() == Kind.ModelEvaluation && stage.subject().equals(system))
                .flatMap(stage -> Stream.of(
                        stage.folder().resolve("semeval2025", "generations.jsonl"),
                        stage.folder().resolve("fluency", set + "-generations.jsonl")))
                .filter(Files::isRegularFile)
                .findFirst();
        Map<String, String> said = new HashMap<>();
        if (journal.isPresent()) {
            int number = 0;
            for (String line : InputFile.lines(journal.get())) {
                Line one = Documents.parse(journal.get() + " line " + ++number, line, Line.class);
                said.put(one.id(), one.generation());
            }
        }
        return said;
    }
}
