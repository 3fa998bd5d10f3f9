package dev.lethe.planner.recipe;

/** A spec that no retry can make run. The message is one line: which field, what was found, what was expected. */
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
