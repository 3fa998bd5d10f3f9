package dev.lethe.merge.method;

/** Takes the merged blocks of a piece, in order. */
@FunctionalInterface
public interface Sink {
    void accept(float[] merged, int count);
}
