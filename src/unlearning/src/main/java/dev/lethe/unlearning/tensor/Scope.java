package dev.lethe.unlearning.tensor;

import java.util.function.Supplier;
import org.bytedeco.javacpp.PointerScope;
import org.jspecify.annotations.Nullable;

/**
 * The lifetime of the native memory of the tensors that a thread makes while it is open. Scopes nest; each is closed on
 * the thread that opened it, the innermost first.
 */
public final class Scope implements AutoCloseable {

    static {
        NativeRuntime.prepare();
    }

    private final @Nullable PointerScope outer;
    private final PointerScope inner;

    /** Opens a scope inside the current one. */
    public Scope() {
        this.outer = PointerScope.getInnerScope();
        this.inner = new PointerScope();
    }

    /** Runs {@code body} in a scope of its own and keeps only what it returns. */
    public static Tensor of(Supplier<Tensor> body) {
        try (Scope scope = new Scope()) {
            return scope.keep(body.get());
        }
    }

    /** Runs {@code body} in a scope of its own and keeps nothing. */
    public static void run(Runnable body) {
        try (Scope _ = new Scope()) {
            body.run();
        }
    }

    /**
     * A handle on the same tensor that outlives this scope: it belongs to the scope outside this one, or where there is
     * none, to the caller, who may {@link Tensor#close() close} it. This must be the innermost open scope.
     */
    public Tensor keep(Tensor tensor) {
        if (PointerScope.getInnerScope() != inner) {
            throw new IllegalStateException("scope: only the innermost open scope can hand a tensor outwards");
        }
        // A new handle, since one that this scope does not own must not lose a reference here.
        org.bytedeco.pytorch.Tensor handle = new org.bytedeco.pytorch.Tensor(tensor.handle());
        if (outer != null) {
            outer.attach(handle);
        } else {
            handle.retainReference();
        }
        inner.detach(handle);
        return new Tensor(handle, tensor.memory());
    }

    @Override
    public void close() {
        inner.close();
    }
}
