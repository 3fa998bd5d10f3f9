package dev.lethe.unlearning.data;

import dev.lethe.merge.InvalidInput;
import dev.lethe.unlearning.chat.Turn;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One prompt with its answer.
 *
 * @param id unique within its set
 * @param input the prompt, raw text, possibly empty
 * @param output the answer; empty only where a set was read for its prompts alone
 * @param task the subtask that the row belongs to; null where the file names none
 * @param kind null where neither the file nor the id tells it
 * @param chat what was said before the answer; empty where the file has no chat, and the prompt was not put into a template
 */
public record Row(
        String id, String input, String output, @Nullable String task, @Nullable RowKind kind, List<Turn> chat) {
    public Row {
        chat = List.copyOf(chat);
    }

    public Row(String id, String input, String output, @Nullable String task, @Nullable RowKind kind) {
        this(id, input, output, task, kind, List.of());
    }

    /** The same under another id. */
    public Row withId(String other) {
        return new Row(other, input, output, task, kind, chat);
    }

    /** A row whose kind follows from its id. */
    public Row(String id, String input, String output, @Nullable String task) {
        this(id, input, output, task, RowKind.ofId(id).orElse(null));
    }

    /** Which rows come from one document, as their ids tell: {@code 17sc1} and {@code 17qa0} do; any other row is one of its own. */
    public String document() {
        return RowKind.documentOfId(id);
    }

    /**
     * A row of a file, under its fields' common names.
     *
     * @param absentId its id where it has none
     * @throws InvalidInput where it does not tell what is prompt and answer
     */
    public static Row read(JsonRow json, String absentId) {
        return RowFields.of(json, Map.of()).row(json, absentId);
    }

    /** The same with the prompt of a chat. */
    Row asked(String prompt, List<Turn> messages) {
        return new Row(id, prompt, output, task, kind, messages);
    }

    /** The prompt as the file has it, whichever way it is put to a model. */
    String plainInput() {
        return chat.isEmpty() ? input : Chat.plain(chat);
    }

    /** The same with another answer. */
    public Row withOutput(String answer) {
        return new Row(id, input, answer, task, kind, chat);
    }

    /** Shows neither id nor text: no row may reach a log. */
    @Override
    public String toString() {
        return "Row[…]";
    }
}
