package dev.lethe.worker.report;

import dev.lethe.api.document.Documents;
import dev.lethe.merge.file.InputFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What a training measured, a JSON object a line. */
final class MetricLines {
    private MetricLines() {}

    /** @throws dev.lethe.api.document.InvalidDocument naming the first line that is none of these */
    static <T> List<T> read(Path file, Class<T> type) {
        List<T> read = new ArrayList<>();
        for (String line : InputFile.lines(file)) {
            read.add(Documents.parse(file + " line " + (read.size() + 1), line, type));
        }
        return List.copyOf(read);
    }
}
