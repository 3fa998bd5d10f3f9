package dev.lethe.unlearning.suite;

import dev.lethe.unlearning.data.Prompting;
import dev.lethe.unlearning.data.Rows;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/**
 * The data that a suite measures with.
 *
 * @param forget rows that the system was to forget
 * @param retain rows that it was to keep
 * @param files what else is there, by the name that the suite's descriptor has for it
 * @param prompting as the forget and retain rows are put to the model; whatever else a suite asks in their place is put so, too
 */
public record SuiteInputs(Rows forget, Rows retain, Map<String, Path> files, Prompting prompting) {
    public SuiteInputs {
        files = Map.copyOf(files);
    }

    /** With prompts as they are. */
    public SuiteInputs(Rows forget, Rows retain, Map<String, Path> files) {
        this(forget, retain, files, Prompting.NONE);
    }

    /** Forget and retain rows by these words. */
    SequencedMap<String, Rows> sets() {
        SequencedMap<String, Rows> sets = new LinkedHashMap<>();
        sets.put("forget", forget);
        sets.put("retain", retain);
        return sets;
    }

    /** Where an input is; null where it is absent. */
    public @Nullable Path file(String input) {
        return files.get(input);
    }

    /** The rows of an input, put to the model as forget and retain rows are; null where it is absent. */
    @Nullable
    Rows rows(String input) {
        Path file = file(input);
        return file == null ? null : prompting.of(Rows.read(file));
    }
}
