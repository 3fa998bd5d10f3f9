package dev.lethe.unlearning.suite;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/**
 * What pandas makes of a column of texts that is read from a CSV file with {@code read_csv}'s defaults and turned back
 * into text with {@code str()}. Official evaluators keep generations and questions in such files, so their scores are
 * those of the texts that come back.
 *
 * <ul>
 *   <li>An empty text and a few words such as {@code None} and {@code NA} are missing values, whose text is {@code nan}.
 *   <li>A column of nothing but numbers is parsed: {@code 007} comes back as {@code 7}, or as {@code 7.0} where a value is
 *       missing or has a decimal point. A column of nothing but truth values comes back capitalised.
 *   <li>Any other column comes back as it is.
 * </ul>
 *
 * <p>Source: pandas 3.1 on files that it wrote itself. Two accidents are not reproduced: a carriage return without a line
 * feed splits the row there under Python 3.12 and older, and a file above 256 KiB is parsed in pieces whose types may
 * differ.
 */
final class PandasColumn {

    private static final String NAN = "nan";
    private static final Set<String> MISSING = Set.of(
            "",
            "None",
            "NA",
            "N/A",
            "n/a",
            "nan",
            "NaN",
            "-nan",
            "-NaN",
            "null",
            "NULL",
            "#N/A",
            "#NA",
            "#N/A N/A",
            "<NA>",
            "1.#IND",
            "-1.#IND",
            "1.#QNAN",
            "-1.#QNAN");

    private static final Set<String> TRUTH = Set.of("True", "TRUE", "true", "False", "FALSE", "false");
    private static final Pattern INTEGER = Pattern.compile("\\s*[+-]?[0-9]+\\s*");
    private static final Pattern NUMBER = Pattern.compile(
            "\\s*[+-]?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][+-]?[0-9]+)?\\s*|\\s*[+-]?(?i:inf|infinity)\\s*");
    private static final BigInteger MIN_LONG = BigInteger.valueOf(Long.MIN_VALUE);
    private static final BigInteger MAX_LONG = BigInteger.valueOf(Long.MAX_VALUE);

    private PandasColumn() {}

    /** The texts that come back, in the same order. */
    static List<String> asRead(List<String> column) {
        List<String> present =
                column.stream().filter(text -> !MISSING.contains(text)).toList();
        boolean complete = present.size() == column.size();
        return column.stream()
                .map(text -> MISSING.contains(text) ? NAN : text)
                .map(conversion(present, complete))
                .toList();
    }

    private static UnaryOperator<String> conversion(List<String> present, boolean complete) {
        if (present.isEmpty()) {
            return UnaryOperator.identity();
        }
        if (present.stream().allMatch(TRUTH::contains)) {
            return PandasColumn::truth;
        }
        if (present.stream().allMatch(text -> INTEGER.matcher(text).matches())) {
            boolean fits = present.stream().allMatch(PandasColumn::fitsLong);
            return !fits ? UnaryOperator.identity() : complete ? PandasColumn::integer : PandasColumn::number;
        }
        boolean numbers = present.stream().allMatch(text -> NUMBER.matcher(text).matches());
        return numbers ? PandasColumn::number : UnaryOperator.identity();
    }

    private static boolean fitsLong(String text) {
        BigInteger value = new BigInteger(text.strip());
        return value.compareTo(MIN_LONG) >= 0 && value.compareTo(MAX_LONG) <= 0;
    }

    private static String integer(String text) {
        return new BigInteger(text.strip()).toString();
    }

    private static String truth(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "true" -> "True";
            case "false" -> "False";
            default -> text;
        };
    }

    /** The shortest decimal of a double as Python's {@code repr} writes it. */
    private static String number(String text) {
        if (text.equals(NAN)) {
            return text;
        }
        String lower = text.strip().toLowerCase(Locale.ROOT);
        if (lower.contains("inf")) {
            return lower.startsWith("-") ? "-inf" : "inf";
        }
        double value = Double.parseDouble(lower);
        if (Double.isInfinite(value)) {
            return value < 0 ? "-inf" : "inf";
        }
        if (value == 0) {
            return Double.toString(value);
        }
        BigDecimal decimal = new BigDecimal(Double.toString(value)).stripTrailingZeros();
        int exponent = decimal.precision() - decimal.scale() - 1;
        if (exponent >= -4 && exponent < 16) {
            return decimal.scale() > 0
                    ? decimal.toPlainString()
                    : decimal.setScale(1).toPlainString();
        }
        String digits = decimal.unscaledValue().abs().toString();
        String mantissa = digits.length() == 1 ? digits : digits.charAt(0) + "." + digits.substring(1);
        return "%s%se%s%02d".formatted(value < 0 ? "-" : "", mantissa, exponent < 0 ? "-" : "+", Math.abs(exponent));
    }
}
