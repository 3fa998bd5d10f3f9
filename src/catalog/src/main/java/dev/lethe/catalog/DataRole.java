package dev.lethe.catalog;

/** What a set of rows is for. */
public enum DataRole {
    /** To be forgotten. */
    FORGET,
    /** To be kept. */
    RETAIN,
    /** To be learned. */
    DATA,
    /** Instructions of rows to forget in harmless contexts, with normal answers. */
    DECOUPLE;

    @Override
    public String toString() {
        return Words.of(this);
    }
}
