package dev.lethe.merge;

/** Text made safe for one line of an error: what a file contains may not break, forge or flood a log. */
final class OneLine {
    private static final int MAX_LENGTH = 2_000;

    private OneLine() {}

    static String of(String text) {
        String line = text.length() > MAX_LENGTH ? text.substring(0, MAX_LENGTH) + "…" : text;
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
