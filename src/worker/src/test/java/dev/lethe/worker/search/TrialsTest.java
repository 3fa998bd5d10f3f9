package dev.lethe.worker.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.lethe.api.stage.MergeSearchResult;
import dev.lethe.api.stage.MergeSearchResult.Measures;
import dev.lethe.api.stage.MergeSearchResult.Merge;
import dev.lethe.api.stage.MergeSearchResult.RowMeasures;
import dev.lethe.api.stage.MergeSearchResult.Trial;
import dev.lethe.api.status.MetricValue;
import dev.lethe.worker.search.SearchRun.Final;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class TrialsTest {
    private static final MergeSpace SPACE =
            new MergeSpace(List.of("over", "under"), List.of("ties", "cat"), List.of(0.8), List.of(MergeSpaceTest.END));

    private static final Candidate ALONE = Candidate.alone(0, 2);
    private static final Candidate CAT = Candidate.even("cat", null, 2);
    private static final Candidate TIES = Candidate.even("ties", 0.8, 2);

    /** Of two candidates, the one that is chosen. */
    static Stream<Arguments> choices() {
        return Stream.of(
                Arguments.of("what keeps every bound", of(0.2, 0.4, 1, 0.9), of(0.3, 0.4, 1, 0.5)),
                Arguments.of("the attack's interval that holds 0.5", of(0.2, 0.4, 0.96, 0.55), of(0.2, 0.4, 1, 0.8)),
                Arguments.of("the AUC nearest to 0.5", of(0.2, 0.4, 0.96, 0.48), of(0, 0, 1, 0.45)),
                Arguments.of("what keeps more of what is to stay", of(0.2, 0.4, 1, 0.52), of(0.1, 0.1, 0.97, 0.52)),
                Arguments.of("the least miss of no good ones", of(0.3, 0.4, 1, 0.9), of(0.2, 0.4, 0.8, 0.5)),
                Arguments.of("no row may stay", of(0.2, 0.5, 1, 0.9), of(0.1, 0.6, 1, 0.5)),
                Arguments.of("what forgets and keeps most", of(0.1, 0.2, 0.99, null), of(0.2, 0.2, 1, null)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("choices")
    void isChosen(String reason, Measures better, Measures worse) {
        Measures base = of(1, 1, 1, better.auc() == null ? null : 1.0);
        Trials none = Trials.none(SPACE, new Bounds(0.25, 0.95, base));
        assertThat(none.with(CAT, worse).with(TIES, better).best().candidate()).isEqualTo(TIES);
        assertThat(none.with(TIES, better).with(CAT, worse).best().candidate()).isEqualTo(TIES);
    }

    @Test
    void ofEqualsASpecialistAloneIsChosen() {
        Trials none = Trials.none(SPACE, new Bounds(0.25, 0.95, of(1, 1, 1, 1.0)));
        Measures same = of(0.1, 0.1, 1, 0.5);
        assertThat(none.with(TIES, same).with(ALONE, same).best().candidate()).isEqualTo(ALONE);
    }

    /** A specialist that forgets too much at full strength: with 0.6 of it the attack guesses. */
    @Test
    void bisectionOnTheScaleFindsWhereTheAttackGuesses() {
        MergeSearchResult found = search(40, 1, SearchedModel.of(0.6, 0.75));
        assertThat(found.calibration().auc().value()).isCloseTo(0.5, within(0.05));
        assertThat(found.trials()).hasSizeLessThanOrEqualTo(12).allMatch(it -> scale(it.merge()) <= 1);
        assertThat(found.summary()).startsWith("over 0.").contains(" is the best of ");
        assertThat(found.transferGap()).isCloseTo(0.01, within(1e-9));
    }

    /** Nothing forgets enough as it is: more than all of it is tried. */
    @Test
    void aSpecialistThatIsTooWeakIsScaledUp() {
        MergeSearchResult found = search(40, 1, SearchedModel.of(2.2, 2.6));
        assertThat(scale(found.chosen())).isCloseTo(2.2, within(0.1));
        assertThat(found.trials().getFirst().feasible()).isFalse();
    }

    /** Half of ΔW forgets half and loses half: nothing is good, and where both are missed alike is least bad. */
    @Test
    void whereNoMergeIsGoodBothBoundsAreMissedAlike() {
        MergeSearchResult found = search(40, 1, (merge, fold) -> {
            double scale = merge == null ? 0 : scale(merge);
            double exact = Math.max(0, 1 - scale);
            return of(exact, exact, Math.max(0, 1 - scale), 1.0);
        });
        var excess = found.trials().stream()
                .filter(it -> it.merge().equals(found.chosen()))
                .findFirst()
                .orElseThrow()
                .excess();
        assertThat(excess.get("retainShare of probability")).isCloseTo(excess.get("forgetExact"), within(1.0 / 16));
    }

    @Test
    void aSearchWithoutAGoodMergeSaysWhichBoundBindsAndByHowMuch() {
        MergeSearchResult found =
                search(8, 2, (merge, fold) -> merge == null ? of(1, 1, 1, null) : of(0.5, 1, 1, null));
        assertThat(found.trials()).hasSize(8).noneMatch(Trial::feasible);
        assertThat(found.summary())
                .isEqualTo("none of 8 that were tried keeps every bound: over 1.0 alone (no merge is better) misses"
                        + " least, forgetExact of one row by 0.500");
    }

    @Test
    void theSameMeasurementsGiveTheSameSearchAndNothingIsTriedTwice() {
        MergeSearchResult found = search(40, 2, SearchedModel.of(0.8, 1));
        assertThat(found.trials()).extracting(Trial::merge).doesNotHaveDuplicates();
        assertThat(search(40, 2, SearchedModel.of(0.8, 1))).isEqualTo(found);
        assertThat(found.calibration().auc().value()).isCloseTo(0.5, within(0.05));
    }

    /** Of what keeps every bound alike. */
    @Test
    void ofFinalistsTheOneIsChosenThatStaysForgottenAndTalks() {
        assertThat(chosen(Map.of("over 1.0", new Final(0.05, 0.5), "under 1.0", new Final(0.5, 0.0))))
                .isEqualTo("ties of density 0.8, over 1.0, under 1.0");
        assertThat(chosen(Map.of("under 1.0", new Final(0.1, 0.4)), new Final(null, 0.6)))
                .isEqualTo("under 1.0");
        assertThat(chosen(Map.of("over 1.0", new Final(0.2, 1.0)), new Final(0.3, 0.0)))
                .isEqualTo("over 1.0");
        assertThat(chosen(Map.of(), new Final(null, null))).isEqualTo("over 1.0");
    }

    private static String chosen(Map<String, Final> finals) {
        return chosen(finals, new Final(0.1, 0.1));
    }

    private static String chosen(Map<String, Final> finals, Final others) {
        return search(4, 2, new SearchRun.Measurement() {
                    @Override
                    public Measures measure(@Nullable Merge merge, Fold fold) {
                        return merge == null ? of(1, 1, 1, null) : of(0.1, 0.1, 1, null);
                    }

                    @Override
                    public Final last(Merge merge) {
                        return finals.getOrDefault(merge.inWords(), others);
                    }
                })
                .chosen()
                .inWords();
    }

    /** Whatever a model answers. */
    @Property(tries = 100)
    void noSearchTriesMoreThanItMayOrTwiceOrPassesAGoodMergeBy(
            @ForAll long seed, @ForAll @IntRange(min = 1, max = 30) int trials, @ForAll boolean attacked) {
        MergeSearchResult found = search(trials, 2, (merge, fold) -> {
            var random = new SplittableRandom(seed + (merge == null ? 0 : merge.hashCode()));
            double exact = merge == null ? 1 : random.nextDouble();
            double kept = merge == null ? 1 : random.nextDouble(0.8, 1.1);
            return of(exact / 2, exact, kept, attacked ? random.nextDouble() : null);
        });
        assertThat(found.trials())
                .hasSizeBetween(1, trials)
                .extracting(Trial::merge)
                .doesNotHaveDuplicates();
        var chosen = found.trials().stream()
                .filter(it -> it.merge().equals(found.chosen()))
                .findFirst()
                .orElseThrow();
        assertThat(chosen.feasible()).isEqualTo(found.trials().stream().anyMatch(Trial::feasible));
    }

    private static MergeSearchResult search(int trials, int specialists, SearchRun.Measurement model) {
        MergeSpace space = new MergeSpace(
                List.of("over", "under").subList(0, specialists),
                SPACE.methods(),
                SPACE.densities(),
                List.of(MergeSpaceTest.END));
        return new SearchRun(space, trials, 0.25, 0.9, 42).run(model, true, tried -> {});
    }

    private static double scale(Merge merge) {
        return merge.weights().get("over");
    }

    /** A model that forgets and then loses, the more of ΔW it gets; what is under counts half. */
    private interface SearchedModel {
        static SearchRun.Measurement of(double guess, double ruin) {
            return (merge, fold) -> {
                double strength = merge == null
                        ? 0
                        : merge.weights().getOrDefault("over", 0.0)
                                + merge.weights().getOrDefault("under", 0.0) / 2;
                double exact = Math.max(0, 1 - strength / guess * 0.9) + (fold == Fold.TEST ? 0.01 : 0);
                double kept = Math.clamp(1 - 2 * Math.max(0, strength - ruin), 0, 1);
                return TrialsTest.of(exact, exact, kept, Math.clamp(1 - strength / guess / 2, 0, 1));
            };
        }
    }

    /** @param kept exact memorisation and probability of retain rows */
    private static Measures of(double exact, double worst, double kept, @Nullable Double auc) {
        return new Measures(
                new RowMeasures(8, exact, 0, worst, exact, exact, 1.0),
                new RowMeasures(8, kept, kept, kept, kept, kept, 1.0),
                auc == null ? null : new MetricValue(auc, 16, auc - 0.1, auc + 0.1));
    }
}
