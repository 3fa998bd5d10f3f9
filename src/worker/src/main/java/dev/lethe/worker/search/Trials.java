package dev.lethe.worker.search;

import dev.lethe.api.stage.MergeSearchResult.Measures;
import dev.lethe.api.status.MetricValue;
import dev.lethe.worker.search.Bounds.Side;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
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

    private static final double ROUNDING = 1e-9;

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
     * The grid first. Then, from the best on, half-way between one that forgets too little and one that forgets too much: first in
     * scale, where the base itself is the end at 0, then in shares. Without an attack to aim by, half-way from the best to
     * its neighbours. Nothing where all that is left is closer than telling.
     */
    Optional<Candidate> next() {
        List<Tried> ranked = ranked();
        return Stream.concat(
                        space.grid().stream(), ranked.stream().flatMap(it -> around(it, it.equals(ranked.getFirst()))))
                .filter(this::untried)
                .findFirst();
    }

    private boolean untried(Candidate candidate) {
        return tried.stream().noneMatch(it -> it.candidate().equals(candidate));
    }

    private Stream<Candidate> around(Tried one, boolean best) {
        Candidate candidate = one.candidate();
        Side side = bounds.side(one.measures());
        boolean everyWay = best && !attacked();
        Stream<Candidate> within = tried.stream()
                .filter(it -> neighbours(candidate, it.candidate()))
                .filter(it -> everyWay || opposite(side, bounds.side(it.measures())))
                .sorted(Comparator.<Tried>comparingInt(
                                it -> it.candidate().shares().equals(candidate.shares()) ? 0 : 1)
                        .thenComparingDouble(it -> candidate.distance(it.candidate())))
                .map(it -> candidate.towards(it.candidate()));
        boolean down = candidate.scale() > CLOSE
                && scales(candidate).allMatch(scale -> scale >= candidate.scale())
                && (everyWay || opposite(side, bounds.side(bounds.base())));
        boolean up = candidate.scale() < MOST_SCALE
                && scales(candidate).allMatch(scale -> scale <= candidate.scale())
                && (everyWay || side == Side.UNDER);
        return Stream.of(
                        down ? Stream.of(candidate.scaled(candidate.scale() / 2)) : Stream.<Candidate>empty(),
                        up
                                ? Stream.of(candidate.scaled(Math.min(MOST_SCALE, candidate.scale() * STEP_UP)))
                                : Stream.<Candidate>empty(),
                        within)
                .flatMap(it -> it);
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
