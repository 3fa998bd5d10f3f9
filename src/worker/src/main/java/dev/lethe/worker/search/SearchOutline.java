package dev.lethe.worker.search;

import dev.lethe.api.resource.MergeSearch;
import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Collectors;

/** What a search will do, for people who decide whether to start it. */
public final class SearchOutline {
    private SearchOutline() {}

    /**
     * In sentences.
     *
     * @param search with every setting
     * @param specialists their names
     * @param checkpoints that the trainings keep at most
     * @param attacked whether there are non-members
     */
    public static List<String> of(MergeSearch search, List<String> specialists, int checkpoints, boolean attacked) {
        double forget = Objects.requireNonNull(search.forgetExact());
        double retain = Objects.requireNonNull(search.retainShare());
        double heldOut = Objects.requireNonNull(search.holdOut());
        return List.of(
                "Up to %d merges are tried, by what they measure: %s alone, then %s, in several shares and strengths%s."
                        .formatted(
                                search.trials(),
                                String.join(" and ", specialists),
                                methods(search),
                                checkpoints == 0
                                        ? ""
                                        : ", and some of %d earlier checkpoints of the trainings"
                                                .formatted(checkpoints)),
                (heldOut == 0
                                ? "The search sees all rows"
                                : "The search sees %s of the rows; what it chooses is measured once on the others, which it"
                                                .formatted(percent(1 - heldOut))
                                        + " never saw")
                        + ". (Of each set at most %d rows.)".formatted(Folds.MOST),
                "A merge is fit where, the right answers given, it says at most %s of what only the forget rows tell, and %s of any one row, and keeps at least"
                                .formatted(percent(forget), percent(Bounds.ofOneRow(forget)))
                        + " %s of what the base says of the retain rows and of how likely it finds them."
                                .formatted(percent(retain)),
                "Of those that are fit, "
                        + (attacked
                                ? "the ones that a membership attack cannot tell from models that never saw the rows come first."
                                : "the one that keeps and forgets most comes first.")
                        + " The best of each kind, at most %d, are then attacked, and asked to go on from forget prompts: fine-tuning on some forget rows must not bring the others back. The"
                                .formatted(Trials.FINALISTS)
                        + " first of which at most %s comes back, and at most %s of whose continuations are no text, is the merge; else the one that comes nearest to that."
                                .formatted(percent(SearchRun.STAYS_FORGOTTEN), percent(SearchRun.TALKS)),
                "Where none is fit, the one that misses least is measured all the same, and the report says by how much.");
    }

    private static String methods(MergeSearch search) {
        String densities = Objects.requireNonNull(search.densities()).stream()
                .map(SearchOutline::number)
                .collect(Collectors.joining(", "));
        return Objects.requireNonNull(search.methods()).stream()
                .map(it -> it.equals(Candidate.TIES) ? "%s (densities %s)".formatted(it, densities) : it)
                .collect(Collectors.joining(", "));
    }

    private static String percent(double share) {
        return number(100 * share) + " %";
    }

    private static String number(double value) {
        return new DecimalFormat("0.##", DecimalFormatSymbols.getInstance(Locale.ROOT)).format(value);
    }
}
