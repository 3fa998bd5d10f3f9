package dev.lethe.unlearning.suite;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A derived model that is made when it is first asked something: resumed work may have all its answers already. */
final class ModelOnDemand implements AutoCloseable {
    private final Supplier<DerivedModel> maker;
    private @Nullable DerivedModel made;

    ModelOnDemand(Supplier<DerivedModel> maker) {
        this.maker = maker;
    }

    EvaluatedModel get() {
        if (made == null) {
            made = maker.get();
        }
        return made.model();
    }

    @Override
    public void close() {
        if (made != null) {
            made.close();
        }
    }
}
