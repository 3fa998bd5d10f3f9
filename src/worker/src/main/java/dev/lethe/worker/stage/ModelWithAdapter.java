package dev.lethe.worker.stage;

import dev.lethe.merge.adapter.AdapterFolder;
import dev.lethe.unlearning.lora.Adapter;
import dev.lethe.unlearning.model.BaseModel;
import dev.lethe.unlearning.model.LanguageModel;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A base model, with or without an adapter of its own.
 *
 * @param own what was read for the adapter, freed when this is closed; the base is not
 */
record ModelWithAdapter(LanguageModel model, Runnable own) implements AutoCloseable {
    /**
     * @param base read from {@code model}
     * @param baseDigest of the base model, which the adapter must have been trained on
     * @throws dev.lethe.merge.RefusedInput where it was trained on another
     */
    static ModelWithAdapter of(BaseModel base, Path model, String baseDigest, @Nullable Path folder) {
        if (folder == null) {
            return new ModelWithAdapter(new LanguageModel(base), () -> {});
        }
        try (AdapterFolder adapter = AdapterFolder.open(folder)) {
            adapter.notes().forEach(Note::say);
            if (Adapter.isPlain(adapter, base.config())) {
                Adapter beside = Adapter.load(folder, base.config(), base.device(), Optional.of(baseDigest));
                return new ModelWithAdapter(new LanguageModel(base, beside.modules()), beside::close);
            }
            adapter.requireBase(() -> baseDigest);
            BaseModel within = BaseModel.adapted(model, adapter, base.dtype(), base.device());
            return new ModelWithAdapter(new LanguageModel(within), within::close);
        }
    }

    @Override
    public void close() {
        own.run();
    }
}
