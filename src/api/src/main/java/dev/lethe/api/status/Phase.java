package dev.lethe.api.status;

/** For people to read; machines read conditions. */
public enum Phase {
    Pending,
    /** A queue holds it. */
    Queued,
    Running,
    Suspended,
    Succeeded,
    Failed,
    Skipped;

    /** Terminal is absorbing: nothing runs again. */
    public boolean terminal() {
        return this == Succeeded || this == Failed || this == Skipped;
    }
}
