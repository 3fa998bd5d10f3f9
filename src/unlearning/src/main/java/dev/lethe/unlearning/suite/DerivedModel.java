package dev.lethe.unlearning.suite;

/**
 * A model made from another one, which must stay open as long, or for it.
 *
 * @param own frees what is not the other one's, when this is closed
 */
public record DerivedModel(EvaluatedModel model, Runnable own) implements AutoCloseable {
    @Override
    public void close() {
        own.run();
    }
}
