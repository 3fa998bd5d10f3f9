package dev.lethe.worker.explain;

import java.util.ArrayList;
import java.util.List;

/** Text in lines of at most {@link #WIDTH} columns. */
final class Paragraphs {
    private static final int WIDTH = 110;

    private final List<String> lines = new ArrayList<>();

    void heading(String text) {
        if (!lines.isEmpty()) {
            lines.add("");
        }
        lines.add(text);
    }

    /** @param indent columns before each line */
    void text(int indent, String text) {
        item(indent, "", 0, text);
    }

    /**
     * A name, and beside it what is said of it.
     *
     * @param width columns of the names
     */
    void item(int indent, String name, int width, String text) {
        String left = " ".repeat(indent + width);
        StringBuilder line =
                new StringBuilder(" ".repeat(indent)).append(name).append(" ".repeat(width - name.length()));
        boolean empty = true;
        for (String word : text.split(" ", -1)) {
            if (!empty && line.length() + 1 + word.length() > WIDTH) {
                lines.add(line.toString());
                line = new StringBuilder(left);
                empty = true;
            }
            line.append(empty ? "" : " ").append(word);
            empty = false;
        }
        lines.add(line.toString());
    }

    @Override
    public String toString() {
        return String.join("\n", lines) + "\n";
    }
}
