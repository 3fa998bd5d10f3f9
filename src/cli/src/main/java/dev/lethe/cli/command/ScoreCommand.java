package dev.lethe.cli.command;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.lethe.api.stage.ExitCode;
import dev.lethe.merge.InvalidInput;
import dev.lethe.unlearning.data.JsonRow;
import dev.lethe.unlearning.data.JsonRows;
import dev.lethe.unlearning.data.Rows;
import dev.lethe.unlearning.suite.Measurement;
import dev.lethe.unlearning.suite.Semeval2025;
import dev.lethe.unlearning.suite.SuiteResult;
import dev.lethe.worker.preflight.Measurability;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The official numbers for generations of any system. */
@Command(name = "score", description = "The official SemEval-2025 Task 4 numbers for generations that any system made.")
public final class ScoreCommand implements Callable<Integer> {
    private static final JsonMapper JSON = new JsonMapper();

    @Option(names = "--forget", required = true, paramLabel = "ROWS", description = "rows that were to be forgotten")
    private Path forget;

    @Option(names = "--retain", required = true, paramLabel = "ROWS", description = "rows that were to be kept")
    private Path retain;

    @Option(
            names = "--generations",
            required = true,
            paramLabel = "FILE",
            description = "JSON Lines (or an array) of id and generation, one for each row")
    private Path generations;

    @Spec
    private CommandSpec command;

    @Option(names = "--json", description = "one JSON document instead of a table")
    private boolean json;

    @Override
    public Integer call() throws IOException {
        Rows forgetRows = Rows.read(forget, "forget", Map.of());
        Rows retainRows = Rows.read(retain, "retain", Map.of());
        SuiteResult result = Semeval2025.score(forgetRows, retainRows, read(generations));
        System.out.print(json ? document(result) : table(result));
        Measurability.notes(Semeval2025.coverage(forgetRows, retainRows), Set.of())
                .forEach(note -> command.commandLine().getErr().println("lethe: note: " + note));
        return ExitCode.DONE.code();
    }

    private static SequencedMap<String, String> read(Path file) {
        SequencedMap<String, String> generations = new LinkedHashMap<>();
        for (JsonRow row : JsonRows.read(file, row -> row.requiring("id", "generation"))) {
            if (generations.put(row.id(), row.text("generation")) != null) {
                throw InvalidInput.at(row.where(), "id", "the id of a row before", "an id of its own");
            }
        }
        return generations;
    }

    private static String table(SuiteResult result) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("METRIC", "VALUE", "N", "LOW", "HIGH"));
        result.metrics()
                .forEach((name, it) ->
                        rows.add(List.of(name, number(it.value()), rows(it), number(it.low()), number(it.high()))));
        return TextTable.of(rows);
    }

    private static String document(SuiteResult result) throws JsonProcessingException {
        Map<String, Measurement> metrics = new LinkedHashMap<>(result.metrics());
        return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(metrics) + "\n";
    }

    /** {@code 5}; {@code 3 of 5} where some could not be measured. */
    private static String rows(Measurement it) {
        return it.n() == it.total() ? String.valueOf(it.n()) : it.n() + " of " + it.total();
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.4f", value);
    }
}
