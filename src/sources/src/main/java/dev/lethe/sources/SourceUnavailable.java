package dev.lethe.sources;

/** A store that does not answer now, and may another time: exit code 75. The message is one line. */
public final class SourceUnavailable extends RuntimeException {
    SourceUnavailable(String where, String found) {
        super("%s: %s; the same command continues".formatted(where, found));
    }
}
