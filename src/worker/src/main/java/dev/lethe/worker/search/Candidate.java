package dev.lethe.worker.search;

import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A merge as the search thinks of it: in shares, and a scale on all of ΔW, so that methods can be compared whatever their weights
 * mean.
 *
 * @param method {@code ties}, {@code linear} or {@code cat}; of one specialist alone {@code cat}, whose result it then is
 * @param density of {@code ties}
 * @param snapshot the place of the specialists' weights among the snapshots of their trainings; 0 is how they ended
 * @param shares of the specialists, in their order; they sum to 1
 * @param scale a factor on ΔW, above 0
 */
record Candidate(String method, @Nullable Double density, int snapshot, List<Double> shares, double scale) {
    static final String TIES = "ties";
    static final String LINEAR = "linear";
    static final String CAT = "cat";

    Candidate {
        shares = List.copyOf(shares);
    }

    /** One of some specialists, as it is. */
    static Candidate alone(int specialist, int of) {
        return new Candidate(
                CAT,
                null,
                0,
                IntStream.range(0, of)
                        .mapToObj(i -> i == specialist ? 1.0 : 0.0)
                        .toList(),
                1);
    }

    /** All of some specialists alike. */
    static Candidate even(String method, @Nullable Double density, int of) {
        return new Candidate(method, density, 0, Collections.nCopies(of, 1.0 / of), 1);
    }

    /** How many specialists take part. */
    long parts() {
        return shares.stream().filter(share -> share > 0).count();
    }

    /** Whether only shares and scale tell the two apart. */
    boolean like(Candidate other) {
        return method.equals(other.method) && Objects.equals(density, other.density) && snapshot == other.snapshot;
    }

    Candidate scaled(double other) {
        return new Candidate(method, density, snapshot, shares, other);
    }

    Candidate at(int other) {
        return new Candidate(method, density, other, shares, scale);
    }

    /** Half-way to another that is {@link #like} this one. */
    Candidate towards(Candidate other) {
        return new Candidate(
                method,
                density,
                snapshot,
                IntStream.range(0, shares.size())
                        .mapToObj(i -> (shares.get(i) + other.shares.get(i)) / 2)
                        .toList(),
                (scale + other.scale) / 2);
    }

    /** How far another that is {@link #like} this one is, in scale and shares. */
    double distance(Candidate other) {
        double distance = Math.abs(scale - other.scale);
        for (int i = 0; i < shares.size(); i++) {
            distance += Math.abs(shares.get(i) - other.shares.get(i)) / 2;
        }
        return distance;
    }
}
