package dev.lethe.unlearning.training;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The losses of one step, averaged over its micro-batches: a line of {@code losses.jsonl}.
 *
 * @param step counted from 1
 * @param epoch counted from 1
 * @param learningRate of the step
 * @param total what was minimised
 * @param terms the parts of the total, unweighted, by name
 */
public record StepLoss(int step, int epoch, double learningRate, double total, SortedMap<String, Double> terms) {
    public StepLoss {
        terms = Collections.unmodifiableSortedMap(new TreeMap<>(terms));
    }
}
