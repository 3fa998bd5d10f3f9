package dev.lethe.unlearning.training;

/** A step does not fit into a device's memory, however small the parts in which it is computed. */
public final class InsufficientMemory extends RuntimeException {
    InsufficientMemory(String message, RuntimeException cause) {
        super(message, cause);
    }
}
