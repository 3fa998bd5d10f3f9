package dev.lethe.worker.report;

import dev.lethe.api.document.Documents;
import dev.lethe.merge.file.InputFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How likely a system finds documents that it was trained on and documents that it never saw.
 *
 * @param system its name
 * @param members mean negative log-likelihood per token of each, in nats
 * @param nonMembers the same
 */
public record MembershipLosses(String system, List<Double> members, List<Double> nonMembers) {
    /** A line of an evaluation's {@code documents.jsonl}; it holds no text. */
    private record Line(String id, @Nullable Double nll) {
        boolean member() {
            return id.startsWith("member");
        }
    }

    /** Reads {@code documents.jsonl}; documents without a finite likelihood are left out. */
    static MembershipLosses read(String system, Path file) {
        List<Line> lines = new ArrayList<>();
        for (String line : InputFile.lines(file)) {
            lines.add(Documents.parse(file + " line " + (lines.size() + 1), line, Line.class));
        }
        return new MembershipLosses(system, losses(lines, true), losses(lines, false));
    }

    private static List<Double> losses(List<Line> lines, boolean members) {
        return lines.stream()
                .filter(line -> line.member() == members)
                .map(Line::nll)
                .filter(nll -> nll != null && Double.isFinite(nll))
                .toList();
    }
}
