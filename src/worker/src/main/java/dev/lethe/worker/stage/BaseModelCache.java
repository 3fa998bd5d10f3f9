package dev.lethe.worker.stage;

import dev.lethe.unlearning.model.BaseModel;
import dev.lethe.unlearning.model.WeightFormat;
import dev.lethe.unlearning.tensor.Device;
import dev.lethe.unlearning.tensor.Dtype;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Frozen base models, shared by the stages of this process: each model is in memory once. One on a device stays there when nobody
 * uses it any more, until another is asked for.
 */
public final class BaseModelCache {
    /**
     * What a model was read from and how.
     *
     * @param digest of the folder
     * @param dtype type to compute in
     * @param format how the weights of its linear modules are held
     */
    record Key(Path folder, String digest, Dtype dtype, Device device, WeightFormat format) {}

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
    Lease borrow(Path folder, String digest, Dtype dtype, Device device) {
        return borrow(new Key(folder, digest, dtype, device, WeightFormat.COMPUTED));
    }

    /** As {@link #borrow(Path, String, Dtype, Device)}, in any format. */
    synchronized Lease borrow(Key key) {
        Shared shared = open.get(key);
        if (shared == null) {
            freeUnused(key);
        }
        BaseModel model = shared == null ? load(key) : shared.model;
        open.put(key, new Shared(model, shared == null ? 1 : shared.users + 1));
        return new Lease(key, model);
    }

    /** Frees what nobody uses, but for one model; whether that one is in memory. */
    synchronized boolean makeRoomBeside(Key key) {
        freeUnused(key);
        return open.containsKey(key);
    }

    private static BaseModel load(Key key) {
        BaseModel model = BaseModel.load(key.folder, key.dtype, key.device, key.format);
        model.notes().forEach(Note::say);
        return model;
    }

    private synchronized void giveBack(Key key) {
        Shared shared = Objects.requireNonNull(open.get(key));
        open.put(key, new Shared(shared.model, shared.users - 1));
        if (!stays.test(key.device)) {
            freeUnused(null);
        }
    }

    private void freeUnused(@Nullable Key but) {
        open.entrySet().removeIf(it -> {
            boolean unused = it.getValue().users == 0 && !it.getKey().equals(but);
            if (unused) {
                it.getValue().model.close();
            }
            return unused;
        });
    }
}
