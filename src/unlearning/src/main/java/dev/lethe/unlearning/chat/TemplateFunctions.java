package dev.lethe.unlearning.chat;

import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/** Functions that transformers gives to chat templates. Jinjava finds them by name, so that they are public. */
public final class TemplateFunctions {
    private static final ZonedDateTime DAY = ZonedDateTime.of(LocalDate.of(2024, 7, 26), LocalTime.MIN, ZoneOffset.UTC);

    private static final Pattern DIRECTIVE = Pattern.compile("%-?([A-Za-z])");

    /** Directives of strftime, as patterns of {@link DateTimeFormatter}. */
    private static final Map<String, String> PATTERNS = Map.ofEntries(
            Map.entry("d", "dd"),
            Map.entry("b", "MMM"),
            Map.entry("B", "MMMM"),
            Map.entry("m", "MM"),
            Map.entry("Y", "yyyy"),
            Map.entry("y", "yy"),
            Map.entry("a", "EEE"),
            Map.entry("A", "EEEE"),
            Map.entry("H", "HH"),
            Map.entry("M", "mm"),
            Map.entry("S", "ss"));

    private TemplateFunctions() {}

    /** {@code raise_exception}: the template does not take the chat. */
    @SuppressWarnings("DoNotCallSuggester") // a template calls it
    public static String refuse(Object why) {
        throw new IllegalArgumentException(String.valueOf(why));
    }

    /** {@code strftime_now} of the one day. */
    public static String day(Object format) {
        return DIRECTIVE.matcher(String.valueOf(format)).replaceAll(it -> {
            String pattern = PATTERNS.get(it.group(1));
            return pattern == null ? "" : DAY.format(DateTimeFormatter.ofPattern(pattern, Locale.ENGLISH));
        });
    }
}
