package dev.lethe.unlearning.data;

import java.util.Arrays;
import java.util.Locale;

/** How a file holds rows. */
public enum RowForm {
    /** An object a line. */
    JSON_LINES("jsonl"),
    /** One array of objects. */
    JSON_ARRAY("json"),
    /** One object in pandas' column orientation: {@code {"id": {"0": …}, "input": {"0": …}, …}}. */
    JSON_COLUMNS("json-columns"),
    /** A header and a record a row, as RFC 4180 has it. */
    CSV("csv"),
    /** Apache Parquet. */
    PARQUET("parquet"),
    /** JSON Lines of what the model said by itself. */
    SAMPLED("sampled");

    private static final byte[] PARQUET_MAGIC = {'P', 'A', 'R', '1'};

    private final String code;

    RowForm(String code) {
        this.code = code;
    }

    /** As plans and results name it. */
    public String code() {
        return code;
    }

    /** Whether a file is Parquet: its first bytes tell. */
    static boolean isParquet(byte[] bytes) {
        int length = PARQUET_MAGIC.length;
        return bytes.length >= length && Arrays.equals(bytes, 0, length, PARQUET_MAGIC, 0, length);
    }

    /**
     * Whether a text is CSV: JSON begins with a brace or a bracket, so that only what begins otherwise is told by its name.
     *
     * @param name the file's
     */
    static boolean isCsv(String name, String text) {
        String begin = text.stripLeading();
        return name.toLowerCase(Locale.ROOT).endsWith(".csv") && !begin.startsWith("{") && !begin.startsWith("[");
    }
}
