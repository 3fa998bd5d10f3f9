package dev.lethe.worker;

/** The work stopped on request, at a point from which it continues. */
public final class Stopped extends RuntimeException {
    public Stopped() {
        super("stopped on request");
    }
}
