package dev.lethe.worker.stage;

import dev.lethe.unlearning.model.BaseModel;
import dev.lethe.unlearning.tensor.Device;
import dev.lethe.unlearning.tensor.Dtype;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;

/**
 * Frozen base models, shared by the stages of this process: each model is in memory once. One on a device stays there when nobody
 * uses it any more, until another is asked for.
 */
public final class BaseModelCache {
    private record Key(Path folder, String digest, Dtype dtype, Device device) {}

    private record Shared(BaseModel model, int users) {}

    private final Map<Key, Shared> open = new HashMap<>();
    private final Predicate<Device> stays;

    public BaseModelCache() {
        this(device -> device != Device.CPU);
    }

    /** @param stays whether a model that nobody uses stays on that device */
    BaseModelCache(Predicate<Device> stays) {
        this.stays = stays;
    }

    /** A model in use; closing it gives it back. */
    final class Lease implements AutoCloseable {
        private final Key key;
        private final BaseModel model;

        private Lease(Key key, BaseModel model) {
            this.key = key;
            this.model = model;
        }

        BaseModel model() {
            return model;
        }

        @Override
        public void close() {
            giveBack(key);
        }
    }

    /** The model of a folder, loaded where nobody has it open. */
    synchronized Lease borrow(Path folder, String digest, Dtype dtype, Device device) {
        Key key = new Key(folder, digest, dtype, device);
        Shared shared = open.get(key);
        if (shared == null) {
            freeUnused();
        }
        BaseModel model = shared == null ? load(folder, dtype, device) : shared.model;
        open.put(key, new Shared(model, shared == null ? 1 : shared.users + 1));
        return new Lease(key, model);
    }

    private static BaseModel load(Path folder, Dtype dtype, Device device) {
        BaseModel model = BaseModel.load(folder, dtype, device);
        model.notes().forEach(Note::say);
        return model;
    }

    private synchronized void giveBack(Key key) {
        Shared shared = Objects.requireNonNull(open.get(key));
        open.put(key, new Shared(shared.model, shared.users - 1));
        if (!stays.test(key.device)) {
            freeUnused();
        }
    }

    private void freeUnused() {
        open.values().removeIf(it -> {
            if (it.users == 0) {
                it.model.close();
            }
            return it.users == 0;
        });
    }
}
