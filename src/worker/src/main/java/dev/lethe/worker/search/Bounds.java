package dev.lethe.worker.search;

import dev.lethe.api.stage.MergeSearchResult.Measures;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a merge must keep to be chosen.
 *
 * @param forgetExact most exact memorisation of forget rows, as a mean; of one row twice that
 * @param retainShare least share of the base's exact memorisation and probability of retain rows
 * @param base the base on the same rows
 */
public record Bounds(double forgetExact, double retainShare, Measures base) {
    private static final String FORGET = "forgetExact";
    private static final String WORST = "forgetExact of one row";
    private static final String RETAIN_EXACT = "retainShare of exact memorisation";
    private static final String RETAIN_PROBABILITY = "retainShare of probability";

    /** Which way a model misses its aim. */
    enum Side {
        /** It forgets too little. */
        UNDER,
        /** It forgets too much, or loses what it should keep. */
        OVER,
        /** Both alike, or there is nothing to tell it by. */
        NEITHER
    }

    /** Most exact memorisation of one forget row, where the mean of all may be {@code forgetExact}. */
    static double ofOneRow(double forgetExact) {
        return Math.min(1, 2 * forgetExact);
    }

    /** By how much each bound is missed, of those that are; by name. */
    Map<String, Double> excess(Measures measures) {
        Map<String, Double> excess = new TreeMap<>();
        put(excess, FORGET, measures.forget().exact() - forgetExact);
        put(excess, WORST, measures.forget().mostExact() - ofOneRow(forgetExact));
        put(excess, RETAIN_EXACT, retainShare - exactShare(measures));
        put(excess, RETAIN_PROBABILITY, retainShare - probabilityShare(measures));
        return excess;
    }

    private static void put(Map<String, Double> excess, String bound, double by) {
        if (by > 0) {
            excess.put(bound, by);
        }
    }

    /** The least of what stays of the base on retain rows. */
    double retained(Measures measures) {
        return Math.min(exactShare(measures), probabilityShare(measures));
    }

    /** The share of the base's exact memorisation of forget rows that is gone, 0..1. */
    double forgotten(Measures measures) {
        return 1 - Math.clamp(share(measures.forget().exact(), base.forget().exact(), 0), 0, 1);
    }

    /**
     * Which way a candidate misses its aim: by the bounds that it misses most, so that half-way between two sides is where both
     * miss alike; of one that keeps every bound by the membership attack.
     */
    Side side(Measures measures) {
        Map<String, Double> excess = excess(measures);
        double more = excess.isEmpty()
                ? measures.auc() == null ? 0 : measures.auc().value() - 0.5
                : worst(excess, FORGET, WORST) - worst(excess, RETAIN_EXACT, RETAIN_PROBABILITY);
        return more > 0 ? Side.UNDER : more < 0 ? Side.OVER : Side.NEITHER;
    }

    private static double worst(Map<String, Double> excess, String one, String other) {
        return Math.max(excess.getOrDefault(one, 0.0), excess.getOrDefault(other, 0.0));
    }

    private double exactShare(Measures measures) {
        return share(measures.retain().exact(), base.retain().exact(), 1);
    }

    private double probabilityShare(Measures measures) {
        return share(measures.retain().probability(), base.retain().probability(), 1);
    }

    /** @param ofNothing what is left where the base has nothing */
    private static double share(double now, double before, double ofNothing) {
        return before == 0 ? ofNothing : now / before;
    }
}
