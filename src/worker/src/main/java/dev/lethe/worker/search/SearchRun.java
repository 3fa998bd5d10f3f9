package dev.lethe.worker.search;

import dev.lethe.api.stage.MergeSearchResult;
import dev.lethe.api.stage.MergeSearchResult.Measures;
import dev.lethe.api.stage.MergeSearchResult.Merge;
import dev.lethe.api.stage.MergeSearchResult.Trial;
import dev.lethe.worker.search.Trials.Tried;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Tries merges one after the other and chooses one.
 *
 * @param space the merges that there are
 * @param trials most that are measured
 * @param forgetExact as {@link Bounds} has it
 * @param retainShare the same
 * @param seed of the measurements' intervals, for the record
 */
public record SearchRun(MergeSpace space, int trials, double forgetExact, double retainShare, long seed) {
    /** What carries a merge out and measures it; of no merge the base. */
    @FunctionalInterface
    public interface Measurement {
        Measures measure(@Nullable Merge merge, Fold fold);

        /** What takes too long to be measured of every merge. */
        default Final last(Merge merge) {
            return Final.NOT_MEASURED;
        }
    }

    /**
     * What finalists are told apart by, on the rows that the search sees.
     *
     * @param recovery what a relearning attack brings back; absent where too few rows are there to tell
     * @param degenerate the share of continuations of forget prompts that are no text
     */
    public record Final(@Nullable Double recovery, @Nullable Double degenerate) {
        static final Final NOT_MEASURED = new Final(null, null);

        private boolean lasts() {
            return recovery == null || recovery <= STAYS_FORGOTTEN;
        }

        private boolean talks() {
            return degenerate == null || degenerate <= TALKS;
        }

        private static double orNothing(@Nullable Double value) {
            return value == null ? 0 : value;
        }
    }

    /** What may come back without another merge being better for it. */
    static final double STAYS_FORGOTTEN = 0.1;

    /** How many continuations may be no text without another merge being better for it. */
    static final double TALKS = 0.1;

    /**
     * Searches. A search in which no merge keeps every bound still chooses: the one that misses least, and it says by what.
     *
     * @param hasTest whether there is a fold that the search does not see
     * @param progress told of how many merges were measured
     */
    public MergeSearchResult run(Measurement measurement, boolean hasTest, IntConsumer progress) {
        Measures base = measurement.measure(null, Fold.CALIBRATION);
        Trials all = Trials.none(space, new Bounds(forgetExact, retainShare, base));
        Optional<Candidate> next = all.next();
        while (next.isPresent() && all.tried().size() < trials) {
            progress.accept(all.tried().size());
            Candidate candidate = next.get();
            all = all.with(candidate, measurement.measure(space.merge(candidate), Fold.CALIBRATION));
            next = all.next();
        }
        progress.accept(all.tried().size());
        Map<Tried, Final> finals = finals(all.finalists(), measurement);
        Tried best = lasting(all, finals);
        Merge chosen = space.merge(best.candidate());
        Measures test = hasTest ? measurement.measure(chosen, Fold.TEST) : null;
        return new MergeSearchResult(
                summary(all, best, chosen),
                chosen,
                best.measures(),
                test,
                test == null
                        ? null
                        : test.forget().exact() - best.measures().forget().exact(),
                base,
                hasTest ? measurement.measure(null, Fold.TEST) : null,
                forgetExact,
                retainShare,
                trials(all, finals),
                seed);
    }

    /** Of finalists that are to be told apart, the best first, as far as one that is good enough. */
    private Map<Tried, Final> finals(List<Tried> finalists, Measurement measurement) {
        Map<Tried, Final> finals = new LinkedHashMap<>();
        for (Tried finalist : finalists.size() > 1 ? finalists : List.<Tried>of()) {
            Final last = measurement.last(space.merge(finalist.candidate()));
            finals.put(finalist, last);
            if (last.lasts() && last.talks()) {
                break;
            }
        }
        return finals;
    }

    /**
     * The best one of which little comes back and that still talks; else, of those of which little comes back, the one that talks
     * most; else the one of which least comes back. Without finalists the best.
     */
    private static Tried lasting(Trials all, Map<Tried, Final> finals) {
        return finals.entrySet().stream()
                .min(Comparator.<Map.Entry<Tried, Final>>comparingInt(
                                it -> it.getValue().lasts() ? 0 : 1)
                        .thenComparingDouble(it -> it.getValue().lasts()
                                ? 0
                                : Final.orNothing(it.getValue().recovery()))
                        .thenComparingDouble(it -> it.getValue().talks()
                                ? 0
                                : Final.orNothing(it.getValue().degenerate())))
                .map(Map.Entry::getKey)
                .orElseGet(all::best);
    }

    private List<Trial> trials(Trials all, Map<Tried, Final> finals) {
        Bounds bounds = all.bounds();
        return all.tried().stream()
                .map(it -> trial(it, bounds, finals.getOrDefault(it, Final.NOT_MEASURED), all.feasible(it)))
                .toList();
    }

    private Trial trial(Tried it, Bounds bounds, Final last, boolean feasible) {
        return new Trial(
                space.merge(it.candidate()),
                it.measures(),
                bounds.retained(it.measures()),
                feasible,
                bounds.excess(it.measures()),
                last.recovery(),
                last.degenerate());
    }

    private static String summary(Trials all, Tried best, Merge chosen) {
        boolean wins = best.candidate().parts() == 1
                && all.tried().stream().anyMatch(it -> it.candidate().parts() > 1);
        String what = chosen.inWords() + (wins ? " alone (no merge is better)" : "");
        int tried = all.tried().size();
        long feasible = all.tried().stream().filter(all::feasible).count();
        if (feasible > 0) {
            return "%s is the best of %d that were tried, %d of which keep every bound"
                    .formatted(what, tried, feasible);
        }
        Map.Entry<String, Double> binding = all.bounds().excess(best.measures()).entrySet().stream()
                .max(Map.Entry.comparingByValue())
                .orElseThrow();
        return String.format(
                Locale.ROOT,
                "none of %d that were tried keeps every bound: %s misses least, %s by %.3f",
                tried,
                what,
                binding.getKey(),
                binding.getValue());
    }
}
