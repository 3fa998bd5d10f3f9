package dev.lethe.unlearning.training;

import dev.lethe.unlearning.tensor.NoGrad;
import dev.lethe.unlearning.tensor.Scope;
import dev.lethe.unlearning.tensor.Tensor;

/** How far two tensors of one shape are apart. */
final class Distance {
    private Distance() {}

    /** The square of the Euclidean distance. */
    static double squared(Tensor a, Tensor b) {
        try (NoGrad _ = new NoGrad();
                Scope _ = new Scope()) {
            double norm = a.sub(b).norm();
            return norm * norm;
        }
    }
}
