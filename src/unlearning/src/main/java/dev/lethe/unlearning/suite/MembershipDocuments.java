package dev.lethe.unlearning.suite;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lethe.merge.InvalidInput;
import dev.lethe.unlearning.data.JsonRow;
import dev.lethe.unlearning.data.JsonRows;
import dev.lethe.unlearning.data.Row;
import dev.lethe.unlearning.data.RowKind;
import java.nio.file.Path;
import java.util.List;

/**
 * Whole texts for membership inference. A document is the string {@code document} of a row, as in the official
 * {@code member.jsonl} and {@code nonmember.jsonl}, or {@code text}; a row with {@code input} and {@code output} is the document that is
 * both, with a blank between them unless one of them has white space there.
 */
public final class MembershipDocuments {

    private static final String MEMBER_TASK = "Task3";

    private MembershipDocuments() {}

    /**
     * The documents of a file in any form of {@link JsonRows}, in its order.
     *
     * @throws InvalidInput where the file is unreadable or empty, or a row is neither form; never quotes the file
     */
    public static List<String> read(Path file) {
        List<String> documents = JsonRows.read(file, MembershipDocuments::document);
        if (documents.isEmpty()) {
            throw InvalidInput.at(file.toString(), "documents", "none", "at least one");
        }
        return documents;
    }

    /**
     * The documents of a forget set that correspond to the official members: each sentence-completion row of Task3, its
     * prompt and its output joined.
     */
    static List<String> ofForgetSet(List<Row> forget) {
        return ofRows(forget.stream()
                .filter(row -> MEMBER_TASK.equals(row.task()))
                .filter(row -> row.kind() == RowKind.COMPLETION)
                .toList());
    }

    /** Every row as a document: its prompt and its output joined. */
    static List<String> ofRows(List<Row> rows) {
        return rows.stream().map(MembershipDocuments::of).toList();
    }

    /** A row as a document. */
    public static String of(Row row) {
        return joined(row.input(), row.output());
    }

    private static String document(JsonRow row) {
        JsonNode document = row.object().path(row.object().has("document") ? "document" : "text");
        JsonNode input = row.object().path("input");
        JsonNode output = row.object().path("output");
        String text = document.isTextual()
                ? document.textValue()
                : document.isMissingNode() && input.isTextual() && output.isTextual()
                        ? joined(input.textValue(), output.textValue())
                        : "";
        if (!text.isBlank()) {
            return text;
        }
        throw InvalidInput.at(
                row.where(),
                "document",
                "none that can be read",
                "an object with the text document, or text, or input and output");
    }

    /** A text and what follows it, with a blank between them unless one of them has white space there. */
    static String joined(String input, String output) {
        boolean apart = input.isEmpty()
                || output.isEmpty()
                || Character.isWhitespace(input.charAt(input.length() - 1))
                || Character.isWhitespace(output.charAt(0));
        return apart ? input + output : input + " " + output;
    }
}
