package dev.lethe.unlearning.suite;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lethe.merge.InvalidInput;
import dev.lethe.unlearning.data.JsonRow;
import dev.lethe.unlearning.data.JsonRows;
import dev.lethe.unlearning.data.Row;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A multiple-choice question.
 *
 * @param choices two or more
 * @param answer the index of the right one
 */
public record ChoiceQuestion(String question, List<String> choices, int answer) {
    public ChoiceQuestion {
        choices = List.copyOf(choices);
    }

    /**
     * The questions of a file in any form of {@link JsonRows}: objects with the text {@code question}, the texts {@code
     * choices}, and {@code answer}, the index of the right one from 0, or its letter from A.
     *
     * @throws InvalidInput where the file is unreadable or empty, or a row is no such object; never quotes the file
     */
    public static List<ChoiceQuestion> read(Path file) {
        List<ChoiceQuestion> questions = JsonRows.read(file, ChoiceQuestion::of);
        if (questions.isEmpty()) {
            throw InvalidInput.at(file.toString(), "questions", "none", "at least one");
        }
        return questions;
    }

    private static ChoiceQuestion of(JsonRow row) {
        String question = row.requiring("question", "choices", "answer").text("question");
        JsonNode choices = row.object().path("choices");
        boolean texts = choices.isArray()
                && choices.size() >= 2
                && choices.valueStream()
                        .allMatch(it -> it.isTextual() && !it.textValue().isBlank());
        if (!texts) {
            throw InvalidInput.at(row.where(), "choices", "something else", "a list of at least two texts");
        }
        int answer = index(row.object().path("answer"));
        if (answer < 0 || answer >= choices.size()) {
            throw InvalidInput.at(
                    row.where(),
                    "answer",
                    "something else",
                    "an index from 0 to %d, or a letter from A to %c"
                            .formatted(choices.size() - 1, 'A' + choices.size() - 1));
        }
        return new ChoiceQuestion(
                question, choices.valueStream().map(JsonNode::textValue).toList(), answer);
    }

    private static int index(JsonNode answer) {
        return answer.isTextual() && answer.textValue().length() == 1
                ? answer.textValue().charAt(0) - 'A'
                : answer.isIntegralNumber() && answer.canConvertToInt() ? answer.intValue() : -1;
    }

    /** Each choice as the output to its question, with the blank that a text would have between them. */
    Stream<Row> asRows(String id) {
        return IntStream.range(0, choices.size())
                .mapToObj(i -> new Row(
                        id + "/" + (i + 1),
                        question,
                        MembershipDocuments.joined(question, choices.get(i)).substring(question.length()),
                        null));
    }
}
