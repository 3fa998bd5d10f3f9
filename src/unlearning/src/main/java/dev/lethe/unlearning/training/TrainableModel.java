package dev.lethe.unlearning.training;

import dev.lethe.unlearning.model.LanguageModel;
import dev.lethe.unlearning.tensor.NoGrad;
import dev.lethe.unlearning.tensor.Scope;
import dev.lethe.unlearning.tensor.Tensor;
import java.nio.file.Path;
import java.util.SortedMap;

/** What is trained: an adapter beside the base, or a copy of the whole base. */
sealed interface TrainableModel extends AutoCloseable permits TrainableAdapter, TrainableFullModel {
    /** The model whose weights change. */
    LanguageModel model();

    /** The probability of dropout in training. */
    double dropout();

    /** The trained weights by name: the live tensors. */
    SortedMap<String, Tensor> parameters();

    /** How far they moved from their initial values, by group. */
    SortedMap<String, Double> movement();

    /** Writes the result's files into an existing folder. */
    void save(Path folder);

    @Override
    void close();

    /** The square of the Euclidean distance of two tensors of one shape. */
    static double squaredDistance(Tensor a, Tensor b) {
        try (NoGrad _ = new NoGrad();
                Scope _ = new Scope()) {
            double norm = a.sub(b).norm();
            return norm * norm;
        }
    }
}
