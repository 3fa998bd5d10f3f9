package dev.lethe.unlearning.data;

import dev.lethe.merge.InvalidInput;
import dev.lethe.unlearning.chat.ChatTemplate;
import dev.lethe.unlearning.chat.Turn;
import dev.lethe.unlearning.tokenizer.TextTokenizer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * How prompts are put to a model: as they are, or in its chat template.
 *
 * @param template that of the model, where it has one and prompts are put into it
 */
public record Prompting(Mode mode, Optional<ChatTemplate> template) {
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
        int templated = 0;
        for (Row row : rows.rows()) {
            boolean applies = applies(row);
            templated += applies ? 1 : 0;
            prompted.add(applies ? row.withInput(prompt(row, rows.source(), prompted.size())) : row);
        }
        Templating templating =
                templated == 0 ? Templating.NONE : templated < rows.size() ? Templating.SOME : Templating.ALL;
        RowFormat format = rows.format();
        return new Rows(rows.source(), prompted, rows.digest(), format == null ? null : format.with(templating));
    }

    private boolean applies(Row row) {
        boolean asks = !row.chat().isEmpty() || row.kind() == RowKind.QUESTION;
        return !row.input().isEmpty() && (mode == Mode.CHAT || asks);
    }

    private String prompt(Row row, String source, int index) {
        List<Turn> chat = row.chat().isEmpty() ? List.of(new Turn("user", row.input())) : row.chat();
        return template.orElseThrow()
                .prompt(chat)
                .orElseThrow(() -> InvalidInput.at(
                        JsonRow.place(source, index),
                        "chat",
                        "one that the model's chat template refuses",
                        "roles in an order that it takes, or template: none"));
    }
}
