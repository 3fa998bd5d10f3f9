package dev.lethe.api.resource;

import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import org.jspecify.annotations.Nullable;

/**
 * Which fields of a file have what of a row, where they have none of the names that are known. What is absent is found by its
 * name.
 *
 * @param input the prompt; with {@code output} alone, a row is a document unless it has a field {@code input}
 * @param output the answer; of a document, all of it
 * @param messages a chat, whose last message of the assistant is the answer
 * @param id what tells rows apart
 * @param task the subtask
 * @param kind sc (to be completed) or qa (to be answered)
 */
@ValidationRule(
        value = "!has(self.messages) || (!has(self.input) && !has(self.output))",
        fieldPath = ".messages",
        message = "messages are prompt and answer: input and output must be absent")
public record RowColumns(
        @Size(min = 1, max = RowColumns.LENGTH) @Nullable String input,
        @Size(min = 1, max = RowColumns.LENGTH) @Nullable String output,
        @Size(min = 1, max = RowColumns.LENGTH) @Nullable String messages,
        @Size(min = 1, max = RowColumns.LENGTH) @Nullable String id,
        @Size(min = 1, max = RowColumns.LENGTH) @Nullable String task,
        @Size(min = 1, max = RowColumns.LENGTH) @Nullable String kind) {
    /** Of a field's name. */
    static final int LENGTH = 256;
}
