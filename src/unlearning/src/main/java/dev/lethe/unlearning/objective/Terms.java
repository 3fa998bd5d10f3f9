package dev.lethe.unlearning.objective;

import dev.lethe.unlearning.tensor.Dtype;
import dev.lethe.unlearning.tensor.Scope;
import dev.lethe.unlearning.tensor.Tensor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The terms of one micro-batch's loss by name, whose weighted sum is what is minimised. Their values lie where the model computes
 * until somebody {@link #read}s them: to look at a number of a GPU is to wait for all that it has to do.
 */
public record Terms(SortedMap<String, Term> terms) {
    /** @param value a scalar outside any gradient graph */
    record Term(double weight, Tensor value) {}

    public Terms {
        terms = Collections.unmodifiableSortedMap(new TreeMap<>(terms));
    }

    /** A loss of one term. */
    public static Terms of(String name, double weight, Tensor value) {
        return new Terms(new TreeMap<>(Map.of(name, new Term(weight, value))));
    }

    /** The same, kept beyond a scope. */
    public Terms keptBy(Scope scope) {
        SortedMap<String, Term> kept = new TreeMap<>();
        terms.forEach((name, term) -> kept.put(name, new Term(term.weight, scope.keep(term.value))));
        return new Terms(kept);
    }

    /** The loss as numbers. */
    public Objective.Loss read() {
        return read(List.of(this)).getFirst();
    }

    /** The losses of several micro-batches as numbers, which are fetched at once. */
    public static List<Objective.Loss> read(List<Terms> batches) {
        try (Scope _ = new Scope()) {
            List<Tensor> values = batches.stream()
                    .flatMap(batch -> batch.terms.values().stream())
                    .map(term -> term.value.to(Dtype.F32).view(1))
                    .toList();
            float[] numbers =
                    values.isEmpty() ? new float[0] : Tensor.cat(values, 0).toFloats();
            List<Objective.Loss> losses = new ArrayList<>();
            int at = 0;
            for (Terms batch : batches) {
                double total = 0;
                SortedMap<String, Double> read = new TreeMap<>();
                for (Map.Entry<String, Term> term : batch.terms.entrySet()) {
                    double value = numbers[at++];
                    read.put(term.getKey(), value);
                    total += term.getValue().weight * value;
                }
                losses.add(new Objective.Loss(total, read));
            }
            return losses;
        }
    }
}
