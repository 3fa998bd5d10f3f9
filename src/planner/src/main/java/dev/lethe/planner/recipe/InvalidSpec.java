package dev.lethe.planner.recipe;

/** A spec that cannot run, however often it is tried. The message is one line: the field, what was found, what was expected. */
public final class InvalidSpec extends RuntimeException {
    private final String field;

    public InvalidSpec(String field, String found, String expected) {
        super("%s: found %s, expected %s".formatted(field, found, expected));
        this.field = field;
    }

    /** The path of the field, from {@code spec}. */
    public String field() {
        return field;
    }
}
