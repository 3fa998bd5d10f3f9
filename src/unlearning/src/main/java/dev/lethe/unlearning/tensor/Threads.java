package dev.lethe.unlearning.tensor;

import org.bytedeco.openblas.global.openblas_nolapack;
import org.bytedeco.pytorch.global.torch;

/** How many CPU threads one operation uses. */
public final class Threads {

    static {
        NativeRuntime.prepare();
    }

    private Threads() {}

    /** Sets the threads of libtorch and of its BLAS; to be called on the thread that computes. */
    public static void set(int threads) {
        if (threads < 1) {
            throw new IllegalArgumentException("threads: found " + threads + ", expected at least 1");
        }
        torch.set_num_threads(threads);
        openblas_nolapack.blas_set_num_threads(threads);
    }

    /** The threads that an operation uses now. */
    public static int get() {
        return torch.get_num_threads();
    }
}
