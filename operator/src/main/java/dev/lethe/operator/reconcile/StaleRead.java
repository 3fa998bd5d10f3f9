package dev.lethe.operator.reconcile;

/** The object has changed since it was read: what was planned from it may not stand, so the pass begins anew. */
public final class StaleRead extends RuntimeException {
    StaleRead(Throwable cause) {
        super(null, cause, false, false);
    }
}
