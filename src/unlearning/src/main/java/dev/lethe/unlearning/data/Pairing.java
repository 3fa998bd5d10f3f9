package dev.lethe.unlearning.data;

/** Which retain rows the rows to forget are trained with. */
public enum Pairing {
    /** Row i with retain row {@code i mod N}, the same in every epoch, as published. */
    FIXED,
    /** A retain row drawn anew for each row and epoch. */
    RANDOM,
    /** Every retain row takes its turn, in an order drawn anew for each round through them. */
    CYCLE
}
