package dev.lethe.api.stage;

import dev.lethe.api.status.MetricValue;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a search for a merge tried, measured and chose. It has numbers and no row.
 *
 * @param summary what was chosen and why, in a sentence
 * @param chosen the merge that was written
 * @param calibration the chosen merge on the rows that the search saw
 * @param test the chosen merge on the rows that the search never saw, measured once; absent where there are too few rows
 * @param transferGap how much more of the forget rows' answers, token by token, the merge says itself on the test fold than on
 *     the calibration fold; absent with {@code test}
 * @param base the base on the rows that the search saw
 * @param baseOnTest the base on the others; absent with {@code test}
 * @param forgetExact most exact memorisation of forget rows that a merge was to have, the job's or what the base has of non-members where
 *     that is more; of one row twice that
 * @param retainShare least share of the base's exact memorisation and probability of retain rows that it was to keep
 * @param trials every merge that was measured, in the order in which they were
 * @param seed of the intervals; nothing else is random
 */
public record MergeSearchResult(
        String summary,
        Merge chosen,
        Measures calibration,
        @Nullable Measures test,
        @Nullable Double transferGap,
        Measures base,
        @Nullable Measures baseOnTest,
        double forgetExact,
        double retainShare,
        List<Trial> trials,
        long seed) {
    /**
     * The settings of a merge, as a {@code ModelMerge} with semantics {@code peft} takes them.
     *
     * @param density absent for a method that does not trim
     * @param weights by specialist; who is not named takes no part
     * @param checkpoints the folders of the weights that are merged, in those of the specialists; of who is not named those that its
     *     training ended with
     */
    public record Merge(
            String method,
            @Nullable Double density,
            SortedMap<String, Double> weights,
            SortedMap<String, String> checkpoints) {
        public Merge {
            weights = new TreeMap<>(weights);
            // Absent in a result of before there was a choice.
            checkpoints = checkpoints == null ? new TreeMap<>() : new TreeMap<>(checkpoints);
        }

        /** As people write it: {@code ties of density 0.8, over 1.0, under at checkpoint-80 1.0}. */
        public String inWords() {
            var words = new StringBuilder(weights.size() == 1 ? "" : method);
            if (density != null) {
                words.append(" of density ").append(density);
            }
            weights.forEach((name, weight) -> words.append(words.isEmpty() ? "" : ", ")
                    .append(name)
                    .append(checkpoints.containsKey(name) ? " at " + checkpoints.get(name) : "")
                    .append(' ')
                    .append(weight));
            return words.toString();
        }
    }

    /**
     * One merge that was tried.
     *
     * @param retainShare the least of what stays of the base on retain rows: of exact memorisation, of probability
     * @param feasible whether every bound is kept
     * @param excess by how much each bound that is not kept is missed, by its name
     * @param recovery what a relearning attack brings back on the rows that the search sees, as suite {@code relearn} has it; of the
     *     best of each kind alone, as far as one that is good enough
     * @param degenerate the share of its continuations of forget prompts that are no text, as suite {@code fluency} has it; of the
     *     same
     */
    public record Trial(
            Merge merge,
            Measures measures,
            double retainShare,
            boolean feasible,
            Map<String, Double> excess,
            @Nullable Double recovery,
            @Nullable Double degenerate) {}

    /**
     * A model on a fold.
     *
     * @param auc the membership attack's by loss, of forget rows beside non-members: 0.5 is a guess; absent without non-members
     */
    public record Measures(RowMeasures forget, RowMeasures retain, @Nullable MetricValue auc) {}

    /**
     * A model on rows of one set, their answers given to it token by token.
     *
     * @param rows how many
     * @param exact exact memorisation: the share of an answer's tokens that the model would have said itself, as a mean over rows
     * @param leastExact of the row of which least is left
     * @param mostExact of the row of which most is left
     * @param extraction extraction strength, as a mean over rows
     * @param probability of an answer's tokens as a geometric mean, as a mean over rows
     * @param nll mean negative log-likelihood per token in nats, as a mean over rows; absent where it is not finite
     */
    public record RowMeasures(
            int rows,
            double exact,
            double leastExact,
            double mostExact,
            double extraction,
            double probability,
            @Nullable Double nll) {}
}
