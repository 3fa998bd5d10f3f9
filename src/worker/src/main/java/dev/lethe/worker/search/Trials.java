package dev.lethe.worker.search;

import dev.lethe.api.stage.MergeSearchResult.Measures;
import dev.lethe.api.status.MetricValue;
import dev.lethe.worker.search.Bounds.Side;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What was tried so far, what is best of it, and what is worth trying next. Pure: the same measurements give the same search.
 *
 * @param space the merges that there are
 * @param bounds what a merge must keep
 * @param tried in the order in which they were
 */
record Trials(MergeSpace space, Bounds bounds, List<Tried> tried) {
    /** Bisection stops where two candidates are as close as this, in scale or in share. */
    private static final double CLOSE = 1.0 / 16;

    /** ΔW is scaled up to this where nothing less forgets enough. */
    private static final double MOST_SCALE = 3;

    private static final double STEP_UP = 1.5;

    /** A step of half the width waits for so many mixtures. */
    private static final double HALVING = 2;

    private static final double ROUNDING = 1e-9;

    /** An attack costs as much as some measurements. */
    static final int FINALISTS = 8;

    /** A candidate and what was measured of it. */
    record Tried(Candidate candidate, Measures measures) {}

    static Trials none(MergeSpace space, Bounds bounds) {
        return new Trials(space, bounds, List.of());
    }

    Trials with(Candidate candidate, Measures measures) {
        List<Tried> more = new ArrayList<>(tried);
        more.add(new Tried(candidate, measures));
        return new Trials(space, bounds, List.copyOf(more));
    }

    /**
     * The best first. Of those that keep every bound: those whose interval of the attack's AUC holds 0.5, then by the distance of
     * the AUC from 0.5; without non-members by what is kept and what is forgotten together. Of the others the one whose
     * worst miss is least. What is then still alike is ordered by what is kept, by simplicity, and by which came first.
     */
    List<Tried> ranked() {
        Comparator<Tried> worth = attacked()
                ? Comparator.<Tried>comparingInt(it -> covers(it.measures().auc()) ? 0 : 1)
                        .thenComparingDouble(it -> distance(it.measures().auc()))
                : Comparator.comparingDouble(it -> -kept(it) - bounds.forgotten(it.measures()));
        Comparator<Tried> order = Comparator.<Tried>comparingInt(it -> feasible(it) ? 0 : 1)
                .thenComparingDouble(this::worstMiss)
                .thenComparingDouble(this::allMisses)
                .thenComparing(worth)
                .thenComparingDouble(it -> -kept(it))
                .thenComparingLong(it -> it.candidate().parts())
                .thenComparingDouble(it -> Math.abs(it.candidate().scale() - 1));
        return tried.stream().sorted(order).toList();
    }

    Tried best() {
        return ranked().getFirst();
    }

    /**
     * The best of each kind, the best first: of each method with about these shares, of each specialist alone, and of each earlier
     * snapshot. Only those that keep every bound, and that the attack tells as little as the best one, are in the running.
     */
    List<Tried> finalists() {
        List<Tried> ranked = ranked();
        Tried best = ranked.getFirst();
        Map<Object, Tried> kinds = new LinkedHashMap<>();
        ranked.stream()
                .filter(this::feasible)
                .filter(it -> !attacked()
                        || covers(it.measures().auc()) == covers(best.measures().auc()))
                .forEach(it -> kinds.putIfAbsent(kind(it.candidate()), it));
        return kinds.values().stream().limit(FINALISTS).toList();
    }

    private static Object kind(Candidate candidate) {
        if (candidate.snapshot() > 0) {
            return candidate.snapshot();
        }
        List<Long> quarters =
                candidate.shares().stream().map(share -> Math.round(4 * share)).toList();
        return candidate.parts() == 1 ? candidate.shares() : List.of(candidate.method(), quarters);
    }

    boolean feasible(Tried it) {
        return bounds.excess(it.measures()).isEmpty();
    }

    private double worstMiss(Tried it) {
        return bounds.excess(it.measures()).values().stream()
                .mapToDouble(Double::doubleValue)
                .max()
                .orElse(0);
    }

    private double allMisses(Tried it) {
        return bounds.excess(it.measures()).values().stream()
                .mapToDouble(Double::doubleValue)
                .sum();
    }

    /** More than the base had is no merit. */
    private double kept(Tried it) {
        return Math.min(1, bounds.retained(it.measures()));
    }

    private static boolean covers(@Nullable MetricValue auc) {
        return auc != null && auc.low() != null && auc.high() != null && auc.low() <= 0.5 && auc.high() >= 0.5;
    }

    private static double distance(@Nullable MetricValue auc) {
        return auc == null ? 1 : Math.abs(auc.value() - 0.5);
    }

    /**
     * The grid first. Then half-way between one that forgets too little and one that forgets too much: in scale, where the base
     * itself is the end at 0, and in shares. The best mixtures come before others, and wide steps before narrow ones, so
     * that no trials are spent on one mixture while another was not looked at. Without an attack to aim by, half-way from
     * the best to its neighbours. Nothing where all that is left is closer than telling.
     */
    Optional<Candidate> next() {
        return Stream.concat(
                        space.grid().stream(),
                        steps().stream()
                                .sorted(Comparator.comparingDouble(Step::cost))
                                .map(Step::to))
                .filter(it -> tried.stream().noneMatch(t -> t.candidate().equals(it)))
                .findFirst();
    }

    /** @param cost the lower, the sooner */
    private record Step(Candidate to, double cost) {
        /** @param place of the mixture among all, the best being 0 */
        static Step of(Candidate to, int place, double width) {
            return new Step(to, place - HALVING * Math.log(width) / Math.log(2));
        }
    }

    private List<Step> steps() {
        List<Step> steps = new ArrayList<>();
        List<Candidate> mixtures = new ArrayList<>();
        List<Tried> ranked = ranked();
        for (Tried one : ranked) {
            Candidate mixture = one.candidate().scaled(1);
            if (!mixtures.contains(mixture)) {
                mixtures.add(mixture);
            }
            steps.addAll(steps(one, mixtures.indexOf(mixture), one.equals(ranked.getFirst()) && !attacked()));
        }
        return steps;
    }

    private List<Step> steps(Tried one, int place, boolean everyWay) {
        Candidate candidate = one.candidate();
        Side side = bounds.side(one.measures());
        List<Step> steps = new ArrayList<>();
        if (candidate.scale() > CLOSE
                && scales(candidate).allMatch(scale -> scale >= candidate.scale())
                && (everyWay || opposite(side, bounds.side(bounds.base())))) {
            steps.add(Step.of(candidate.scaled(candidate.scale() / 2), place, candidate.scale()));
        }
        if (candidate.scale() < MOST_SCALE
                && scales(candidate).allMatch(scale -> scale <= candidate.scale())
                && (everyWay || side == Side.UNDER)) {
            steps.add(Step.of(candidate.scaled(Math.min(MOST_SCALE, candidate.scale() * STEP_UP)), place, 1));
        }
        tried.stream()
                .filter(it -> neighbours(candidate, it.candidate()))
                .filter(it -> everyWay || opposite(side, bounds.side(it.measures())))
                .forEach(it -> steps.add(
                        Step.of(candidate.towards(it.candidate()), place, candidate.distance(it.candidate()))));
        return steps;
    }

    /** The scales at which a mixture was tried. */
    private Stream<Double> scales(Candidate mixture) {
        return tried.stream()
                .map(Tried::candidate)
                .filter(it -> it.like(mixture) && it.shares().equals(mixture.shares()))
                .map(Candidate::scale);
    }

    /** Whether two differ in scale or in shares, not in both, and nothing was tried between them. */
    private boolean neighbours(Candidate one, Candidate other) {
        boolean inScale = one.shares().equals(other.shares());
        boolean inShares = one.scale() == other.scale() && space.mixes(one.method());
        double distance = one.distance(other);
        return one.like(other)
                && (inScale || inShares)
                && distance > CLOSE
                && tried.stream()
                        .map(Tried::candidate)
                        .filter(it -> it.like(one) && !it.equals(one) && !it.equals(other))
                        .noneMatch(it -> one.distance(it) + it.distance(other) < distance + ROUNDING);
    }

    private static boolean opposite(Side one, Side other) {
        return one != Side.NEITHER && other != Side.NEITHER && one != other;
    }

    private boolean attacked() {
        return bounds.base().auc() != null;
    }
}
