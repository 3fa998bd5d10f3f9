package dev.lethe.unlearning.data;

/** Which retain row a row to forget is trained with. */
public enum Pairing {
    /** Row i with retain row {@code i mod N}, the same in every epoch, as published. */
    FIXED,
    /** A retain row drawn anew for each row and epoch. */
    RANDOM
}
