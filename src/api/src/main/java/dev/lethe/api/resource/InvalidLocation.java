package dev.lethe.api.resource;

/** A URI that names no place. The message is one line without credentials: what was found, and what was expected. */
public final class InvalidLocation extends RuntimeException {
    private final String found;
    private final String expected;

    InvalidLocation(String uri, String expected) {
        super("found %s, expected %s".formatted(Location.shown(uri), expected));
        this.found = Location.shown(uri);
        this.expected = expected;
    }

    /** The URI, without what nobody else may read. */
    public String found() {
        return found;
    }

    public String expected() {
        return expected;
    }
}
