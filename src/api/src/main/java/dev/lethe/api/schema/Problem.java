package dev.lethe.api.schema;

import java.util.Comparator;

/**
 * Something that is wrong with a manifest.
 *
 * @param where the file
 * @param field its path from the document's root, such as {@code spec.specialists[1].name}; empty for the document
 * @param message what was found and what was expected
 */
record Problem(String where, Position at, String field, String message) {
    static final Comparator<Problem> IN_ORDER = Comparator.comparing(Problem::at);

    /** {@code FILE:LINE:COLUMN: FIELD: found X, expected Y}. */
    String line() {
        String place = at.equals(Position.NONE) ? where : where + ":" + at.line() + ":" + at.column();
        return place + ": " + (field.isEmpty() ? "" : field + ": ") + message;
    }
}
