package dev.lethe.unlearning.tensor;

import org.bytedeco.pytorch.GradMode;

/** While open, the operations of this thread record no gradient graph. */
public final class NoGrad implements AutoCloseable {

    static {
        NativeRuntime.prepare();
    }

    private final boolean before;

    public NoGrad() {
        this.before = GradMode.is_enabled();
        GradMode.set_enabled(false);
    }

    /** Whether this thread records no graph now. */
    public static boolean active() {
        return !GradMode.is_enabled();
    }

    @Override
    public void close() {
        GradMode.set_enabled(before);
    }
}
