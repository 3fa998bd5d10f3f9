package dev.lethe.worker;

/** Somebody asked for a stop and the work stopped at a point from which it continues. */
public final class Stopped extends RuntimeException {
    public Stopped() {
        super("stopped on request");
    }
}
