package dev.lethe.unlearning.suite;

/**
 * How many rows a metric can be measured on, whatever the model answers. A metric without rows has no number.
 *
 * @param where the data that it is measured on, such as a file
 * @param measured rows (or documents, questions) behind its number
 * @param total all that there are for it; 0 where the data that it needs was not named
 * @param lack what the other rows lack, or another remark on the number; never quotes data; empty where there is none
 * @param remedy what would make them measurable; empty where nothing does
 */
public record Coverage(String where, long measured, long total, String lack, String remedy) {

    static Coverage whole(String where, long total) {
        return new Coverage(where, total, total, "", "");
    }

    static Coverage none(String where, String lack, String remedy) {
        return new Coverage(where, 0, 0, lack, remedy);
    }

    /** {@code 3 of 5 rows are measurable: …; …}. */
    public String sentence() {
        String counts = measured == total ? "" : count() + " are measurable: ";
        return counts + lack + (remedy.isEmpty() ? "" : "; " + remedy);
    }

    /** {@code 3 of 5 rows}. */
    public String count() {
        return "%d of %d rows".formatted(measured, total);
    }
}
