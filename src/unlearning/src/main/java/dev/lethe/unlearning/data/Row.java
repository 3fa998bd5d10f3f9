package dev.lethe.unlearning.data;

import org.jspecify.annotations.Nullable;

/**
 * One prompt with its answer.
 *
 * @param id unique within its set
 * @param input the prompt, raw text, possibly empty
 * @param output the answer, not empty
 * @param task the subtask that the row belongs to; null where the file names none
 */
public record Row(String id, String input, String output, @Nullable String task) {
    /** The id alone: what a row says may never reach a log. */
    @Override
    public String toString() {
        return "Row[" + id + "]";
    }
}
