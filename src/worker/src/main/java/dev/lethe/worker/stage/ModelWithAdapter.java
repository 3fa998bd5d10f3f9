package dev.lethe.worker.stage;

import dev.lethe.unlearning.lora.Adapter;
import dev.lethe.unlearning.model.BaseModel;
import dev.lethe.unlearning.model.LanguageModel;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A base model, with or without an adapter of its own.
 *
 * @param adapter freed when this is closed; the base is not
 */
record ModelWithAdapter(LanguageModel model, Optional<Adapter> adapter) implements AutoCloseable {
    /**
     * @param baseDigest of the base model, which the adapter must have been trained on
     * @throws dev.lethe.merge.RefusedInput where it was trained on another
     */
    static ModelWithAdapter of(BaseModel base, String baseDigest, @Nullable Path folder) {
        if (folder == null) {
            return new ModelWithAdapter(new LanguageModel(base), Optional.empty());
        }
        Adapter adapter = Adapter.load(folder, base.config(), base.device(), Optional.of(baseDigest));
        return new ModelWithAdapter(new LanguageModel(base, adapter.modules()), Optional.of(adapter));
    }

    @Override
    public void close() {
        adapter.ifPresent(Adapter::close);
    }
}
