package dev.lethe.worker.search;

/** A part of the rows. */
public enum Fold {
    /** What the search sees. */
    CALIBRATION,
    /** What it never sees; the merge that it chooses is measured on it once. */
    TEST
}
