package dev.lethe.api.schema;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;
import org.apache.commons.text.similarity.LevenshteinDistance;

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

    private static int distance(String written, String known) {
        return LevenshteinDistance.getDefaultInstance()
                .apply(written.toLowerCase(Locale.ROOT), known.toLowerCase(Locale.ROOT));
    }
}
