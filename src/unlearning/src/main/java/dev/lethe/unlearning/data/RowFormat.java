package dev.lethe.unlearning.data;

import java.util.List;

/**
 * How a file has its rows, and what was taken of them.
 *
 * @param fields that have prompt and answer: {@code question}, {@code answer}
 */
public record RowFormat(RowForm form, List<String> fields, Templating templating) {
    public RowFormat {
        fields = List.copyOf(fields);
    }

    /** The same of rows that the model said by itself. */
    public RowFormat sampled() {
        return new RowFormat(RowForm.SAMPLED, fields, templating);
    }

    RowFormat with(Templating other) {
        return new RowFormat(form, fields, other);
    }
}
