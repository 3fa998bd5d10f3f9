package dev.lethe.unlearning.suite;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lethe.merge.InvalidInput;
import dev.lethe.unlearning.data.JsonRow;
import dev.lethe.unlearning.data.JsonRows;
import dev.lethe.unlearning.data.Prompting;
import dev.lethe.unlearning.data.Row;
import dev.lethe.unlearning.data.RowKind;
import java.nio.file.Path;
import java.util.List;

/**
 * Whole texts for membership inference. A document is the string {@code document} of a row, as in the official
 * {@code member.jsonl} and {@code nonmember.jsonl}, or {@code text}; a row with a prompt and an answer is the document that is
 * both, with a blank between them unless one of them has white space there. Prompts are put as those of the forget rows are: what an
 * attack can tell by a chat template is no membership.
 */
public final class MembershipDocuments {

    private static final String MEMBER_TASK = "Task3";

    private MembershipDocuments() {}

    /**
     * The documents of a file in any form of {@link JsonRows}, in its order: a whole text is a row without a prompt.
     *
     * @throws InvalidInput where the file is unreadable or empty, or a row is neither form; never quotes the file
     */
    public static List<Row> read(Path file, Prompting prompting) {
        List<Row> documents = JsonRows.read(file, row -> prompting.of(document(row), row.where()));
        if (documents.isEmpty()) {
            throw InvalidInput.at(file.toString(), "documents", "none", "at least one");
        }
        return documents;
    }

    /**
     * The documents of a forget set that correspond to the official members: each sentence-completion row of Task3.
     */
    static List<Row> ofForgetSet(List<Row> forget) {
        return forget.stream()
                .filter(row -> MEMBER_TASK.equals(row.task()))
                .filter(row -> row.kind() == RowKind.COMPLETION)
                .toList();
    }

    /** The text of a document: its prompt and its output joined. */
    public static String of(Row row) {
        return joined(row.input(), row.output());
    }

    private static Row document(JsonRow row) {
        JsonNode document = row.object().path(row.object().has("document") ? "document" : "text");
        if (document.isMissingNode()) {
            return Row.read(row, row.where());
        }
        if (document.asText().isBlank() || !document.isTextual()) {
            throw InvalidInput.at(
                    row.where(),
                    "document",
                    "none that can be read",
                    "an object with the text document, or text, or a prompt and an answer");
        }
        return new Row(row.where(), "", document.textValue(), null, RowKind.COMPLETION);
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
