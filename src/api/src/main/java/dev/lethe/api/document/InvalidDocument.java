package dev.lethe.api.document;

/** A JSON document that is not what it should be. The message is one line: where, which field, found, expected. */
public final class InvalidDocument extends RuntimeException {
    public InvalidDocument(String message) {
        super(message);
    }
}
