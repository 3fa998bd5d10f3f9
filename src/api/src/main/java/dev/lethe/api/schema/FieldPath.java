package dev.lethe.api.schema;

/** Paths of fields as people write them. */
final class FieldPath {
    private FieldPath() {}

    static String child(String path, String field) {
        String step = field.matches("[A-Za-z0-9_-]+") ? field : "[\"" + field + "\"]";
        return path.isEmpty() || step.startsWith("[") ? path + step : path + "." + step;
    }
}
