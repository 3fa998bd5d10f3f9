package dev.lethe.unlearning.data;

import dev.lethe.merge.InvalidInput;
import dev.lethe.unlearning.chat.ChatTemplate;
import dev.lethe.unlearning.chat.Turn;
import dev.lethe.unlearning.tokenizer.TextTokenizer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * How prompts are put to a model: as they are, or in its chat template.
 *
 * @param template that of the model, where it has one and prompts are put into it
 */
public record Prompting(Mode mode, Optional<ChatTemplate> template) {
    /** Prompts as they are. */
    public static final Prompting NONE = new Prompting(Mode.NONE, Optional.empty());

    /** Which prompts are put into the template. */
    public enum Mode {
        /** Those of chats and of questions, where the model has a template. */
        AUTO,
        NONE,
        /** All; a row without a prompt has none to put. */
        CHAT
    }

    /**
     * @param folder of the model
     * @throws InvalidInput where all prompts are to be put into a template, and the model has none
     */
    public static Prompting of(Mode mode, Path folder, TextTokenizer tokenizer) {
        Optional<ChatTemplate> template = mode == Mode.NONE ? Optional.empty() : ChatTemplate.load(folder, tokenizer);
        if (mode == Mode.CHAT && template.isEmpty()) {
            throw InvalidInput.at(
                    folder.toString(), "chat template", "none", "one, as template: chat asks for; or template: none");
        }
        return new Prompting(mode, template);
    }

    /**
     * The rows with their prompts as the model is asked. They are encoded with the tokenizer's own special tokens, whichever way they
     * were put.
     *
     * @throws InvalidInput naming the first row that the template refuses
     */
    public Rows of(Rows rows) {
        if (template.isEmpty()) {
            return rows;
        }
        List<Row> prompted = new ArrayList<>(rows.size());
        for (Row row : rows.rows()) {
            prompted.add(of(row, JsonRow.place(rows.source(), prompted.size())));
        }
        RowFormat format = rows.format();
        return new Rows(
                rows.source(), prompted, rows.digest(), format == null ? null : format.with(templating(rows.rows())));
    }

    /**
     * One row with its prompt as the model is asked. What was put into a template is a chat from then on.
     *
     * @param where the row stands, as errors name it
     * @throws InvalidInput where the template refuses it
     */
    public Row of(Row row, String where) {
        if (!applies(row)) {
            return row;
        }
        List<Turn> chat = row.chat().isEmpty() ? List.of(new Turn("user", row.input())) : row.chat();
        String prompt = template.orElseThrow()
                .prompt(chat)
                .orElseThrow(() -> InvalidInput.at(
                        where,
                        "chat",
                        "one that the model's chat template refuses",
                        "roles in an order that it takes, or template: none"));
        return row.asked(prompt, chat);
    }

    /**
     * A row whose question is put in other words, and to the model as the row itself: of a chat, it is the last message that
     * changes.
     *
     * @param where the row stands, as errors name it
     */
    public Row rephrased(Row row, UnaryOperator<String> words, String where) {
        if (!applies(row) || row.chat().isEmpty()) {
            return of(row.asked(words.apply(row.input()), List.of()), where);
        }
        List<Turn> chat = new ArrayList<>(row.chat());
        Turn last = chat.removeLast();
        chat.add(new Turn(last.role(), words.apply(last.content())));
        return of(row.asked(row.input(), chat), where);
    }

    /** Which of these rows are put into the template. */
    public Templating templating(List<Row> rows) {
        long templated = rows.stream().filter(this::applies).count();
        return templated == 0 ? Templating.NONE : templated < rows.size() ? Templating.SOME : Templating.ALL;
    }

    private boolean applies(Row row) {
        boolean asks = !row.chat().isEmpty() || row.kind() == RowKind.QUESTION;
        return template.isPresent() && !row.input().isEmpty() && (mode == Mode.CHAT || asks);
    }
}
