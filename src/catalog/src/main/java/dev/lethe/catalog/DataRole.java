package dev.lethe.catalog;

import java.util.Locale;

/** What a set of rows is for. */
public enum DataRole {
    /** To be forgotten. */
    FORGET,
    /** To be kept. */
    RETAIN,
    /** To be learned. */
    DATA;

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
