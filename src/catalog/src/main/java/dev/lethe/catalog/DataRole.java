package dev.lethe.catalog;

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
        return Words.of(this);
    }
}
