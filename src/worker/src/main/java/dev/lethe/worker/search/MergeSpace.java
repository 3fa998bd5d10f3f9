package dev.lethe.worker.search;

import dev.lethe.api.stage.MergeSearchResult.Merge;
import dev.lethe.merge.combine.UpdateNorms;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The merges that there are to try.
 *
 * @param specialists their names, in their order
 * @param methods beside each specialist alone
 * @param densities of {@code ties}
 * @param snapshots of the specialists' weights: how they ended first, then earlier ones
 */
public record MergeSpace(
        List<String> specialists, List<String> methods, List<Double> densities, List<Snapshot> snapshots) {
    /**
     * The specialists at one time of their trainings.
     *
     * @param checkpoints folders in the specialists' own, by specialist; who is not named is as it ended
     * @param norms of what merges of them would change
     */
    public record Snapshot(SortedMap<String, String> checkpoints, UpdateNorms norms) {
        public Snapshot {
            checkpoints = new TreeMap<>(checkpoints);
        }
    }

    /** Weights are written with so many decimals, so that the merge that is written is the one that was measured. */
    private static final int DECIMALS = 6;

    /**
     * What is tried whatever comes of it, the most telling first: each specialist alone, each method with all alike, the same twice
     * as far (of two specialists their sum, from which less comes back), each with half of the weight moved to one specialist.
     * Of an earlier snapshot each specialist that has one, and the first method with all alike.
     */
    List<Candidate> grid() {
        int n = specialists.size();
        List<Candidate> grid = new ArrayList<>();
        IntStream.range(0, n).forEach(i -> grid.add(Candidate.alone(i, n)));
        if (n > 1) {
            List<Candidate> even = even();
            grid.addAll(even);
            even.forEach(it -> grid.add(it.scaled(2)));
            IntStream.range(0, n)
                    .forEach(i -> even.forEach(it -> grid.add(it.towards(new Candidate(
                            it.method(), it.density(), 0, Candidate.alone(i, n).shares(), 1)))));
        }
        IntStream.range(1, snapshots.size()).forEach(snapshot -> grid.addAll(earlier(snapshot)));
        return grid;
    }

    private List<Candidate> earlier(int snapshot) {
        int n = specialists.size();
        Stream<Candidate> alone = IntStream.range(0, n)
                .filter(i -> snapshots.get(snapshot).checkpoints().containsKey(specialists.get(i)))
                .mapToObj(i -> Candidate.alone(i, n));
        return Stream.concat(alone, even().stream().limit(n > 1 ? 1 : 0))
                .map(it -> it.at(snapshot))
                .toList();
    }

    private List<Candidate> even() {
        List<Candidate> even = new ArrayList<>();
        for (String method : methods.stream().distinct().toList()) {
            if (method.equals(Candidate.TIES)) {
                densities.stream()
                        .distinct()
                        .forEach(density -> even.add(Candidate.even(method, density, specialists.size())));
            } else {
                even.add(Candidate.even(method, null, specialists.size()));
            }
        }
        return even;
    }

    /** Whether a candidate's shares may be changed: what is one specialist alone is no merge by {@code cat}. */
    boolean mixes(String method) {
        return methods.contains(method);
    }

    /**
     * The settings that carry a candidate out. With PEFT's semantics a common factor on the weights is one on ΔW, as each factor of
     * an adapter takes its root. {@code ties} divides by the number of those that agree, so that its published weights of 1
     * each are even shares; {@code cat} is the weighted sum of the updates; {@code linear} has cross terms beside it, and is
     * scaled to the norm of that sum.
     */
    Merge merge(Candidate candidate) {
        double factor = candidate.scale()
                * switch (candidate.method()) {
                    case Candidate.TIES -> specialists.size();
                    case Candidate.LINEAR -> matched(candidate);
                    default -> 1;
                };
        SortedMap<String, Double> weights = new TreeMap<>();
        SortedMap<String, String> checkpoints =
                new TreeMap<>(snapshots.get(candidate.snapshot()).checkpoints());
        for (int i = 0; i < specialists.size(); i++) {
            if (candidate.shares().get(i) > 0) {
                double weight = factor * candidate.shares().get(i);
                weights.put(
                        specialists.get(i),
                        BigDecimal.valueOf(weight)
                                .setScale(DECIMALS, RoundingMode.HALF_EVEN)
                                .doubleValue());
            }
        }
        checkpoints.keySet().retainAll(weights.keySet());
        return new Merge(candidate.method(), candidate.density(), weights, checkpoints);
    }

    private double matched(Candidate candidate) {
        UpdateNorms norms = snapshots.get(candidate.snapshot()).norms();
        double linear = norms.ofFactors(candidate.shares());
        return linear == 0 ? 1 : norms.ofSum(candidate.shares()) / linear;
    }
}
