package dev.lethe.merge;

/** Makes text safe for one line of an error: the content of a file must not break, forge or flood a log. */
public final class OneLine {
    private static final int MAX_LENGTH = 2_000;

    private OneLine() {}

    static String of(String text) {
        return of(text, MAX_LENGTH);
    }

    /** A text of which only so many characters are shown, without control characters. */
    public static String of(String text, int most) {
        String line = text.length() > most ? text.substring(0, most) + "…" : text;
        StringBuilder safe = new StringBuilder(line.length());
        line.chars().forEach(c -> {
            if (Character.isISOControl(c)) {
                safe.append("\\u%04x".formatted(c));
            } else {
                safe.append((char) c);
            }
        });
        return safe.toString();
    }
}
