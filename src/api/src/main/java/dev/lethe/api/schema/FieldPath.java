package dev.lethe.api.schema;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** Paths of fields as people write them, and the names that they meant. */
final class FieldPath {
    private FieldPath() {}

    static String child(String path, String field) {
        String step = field.matches("[A-Za-z0-9_-]+") ? field : "[\"" + field + "\"]";
        return path.isEmpty() || step.startsWith("[") ? path + step : path + "." + step;
    }

    /** The known name that the written one most likely stands for, if any comes near. */
    static Optional<String> nearest(String written, Collection<String> known) {
        int near = Math.max(1, written.length() / 3);
        return known.stream()
                .filter(it -> distance(written, it) <= near)
                .min(Comparator.comparingInt(it -> distance(written, it)));
    }

    /** Edits (insertion, deletion, substitution) that make one name of the other, in any case. Levenshtein, 1966. */
    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                boolean same = Character.toLowerCase(a.charAt(i - 1)) == Character.toLowerCase(b.charAt(j - 1));
                int edited = Math.min(Math.min(row[j], row[j - 1]) + 1, diagonal + (same ? 0 : 1));
                diagonal = row[j];
                row[j] = edited;
            }
        }
        return row[b.length()];
    }
}
