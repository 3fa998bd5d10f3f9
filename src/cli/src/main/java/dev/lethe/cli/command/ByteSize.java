package dev.lethe.cli.command;

import dev.lethe.merge.InvalidInput;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Bytes as people write them: {@code 512M}, {@code 5G}; powers of 1000. */
final class ByteSize {
    private static final Pattern SIZE =
            Pattern.compile("(\\d{1,9}(?:\\.\\d{1,3})?)([KMGT]?)B?", Pattern.CASE_INSENSITIVE);
    private static final String UNITS = "KMGT";
    private static final int STEP = 1000;

    private ByteSize() {}

    static long of(String field, String text) {
        Matcher size = SIZE.matcher(text.strip());
        if (!size.matches()) {
            throw InvalidInput.at("merge", field, text, "a number of bytes such as 512M or 5G");
        }
        String unit = size.group(2).toUpperCase(Locale.ROOT);
        int power = unit.isEmpty() ? 0 : UNITS.indexOf(unit) + 1;
        return Math.round(Double.parseDouble(size.group(1)) * Math.pow(STEP, power));
    }

    static String text(long bytes) {
        double value = bytes;
        int power = 0;
        while (value >= STEP && power < UNITS.length()) {
            value /= STEP;
            power++;
        }
        return power == 0 ? bytes + " B" : "%.2f %cB".formatted(value, UNITS.charAt(power - 1));
    }
}
