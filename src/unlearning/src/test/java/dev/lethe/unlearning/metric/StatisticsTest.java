package dev.lethe.unlearning.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class StatisticsTest {

    private static final double[] MEMBERS = {1, 2, 3, 2};
    private static final double[] NON_MEMBERS = {2, 3, 4, 1.5};

    /** Golden numbers: scikit-learn, {@code auc(*roc_curve(labels, -nll)[:2])}. */
    @Test
    void membershipAttackOfTheOfficialEvaluator() {
        double auc = MiaScore.auc(MEMBERS, NON_MEMBERS);
        assertThat(auc).isEqualTo(0.65625);
        assertThat(MiaScore.of(auc)).isEqualTo(0.6875);
        assertThat(MiaScore.of(0)).isZero();
        assertThat(MiaScore.of(0.5)).isEqualTo(1);
    }

    @Test
    void aucNeedsBothClassesAndNumbers() {
        assertThatIllegalArgumentException().isThrownBy(() -> RocAuc.of(MEMBERS, new double[0]));
        assertThatIllegalArgumentException().isThrownBy(() -> RocAuc.of(MEMBERS, new double[] {Double.NaN}));
        assertThat(RocAuc.of(new double[] {0.0}, new double[] {-0.0})).isEqualTo(0.5);
        assertThat(RocAuc.of(new double[] {Double.POSITIVE_INFINITY}, new double[] {1}))
                .isEqualTo(1);
    }

    @Property
    void aucOfExchangedClassesIsTheComplement(
            @ForAll @Size(min = 1, max = 30) List<@IntRange(max = 9) Integer> a,
            @ForAll @Size(min = 1, max = 30) List<@IntRange(max = 9) Integer> b) {
        assertThat(RocAuc.of(doubles(a), doubles(b)) + RocAuc.of(doubles(b), doubles(a)))
                .isCloseTo(1, within(1e-12));
    }

    /** Golden numbers: Python 3.12, {@code statistics.harmonic_mean}. */
    @Test
    void harmonicMean() {
        double[] halves = {0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 1, 1, 1, 1, 1, 1};
        assertThat(Means.harmonic(halves)).isEqualTo(2.0 / 3);
        assertThat(Means.harmonic(0.01, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1)).isEqualTo(12.0 / 111);
        assertThat(Means.harmonic(0.3)).isEqualTo(0.3);
        assertThat(Means.harmonic(0.3, 0, 1)).isZero();
        assertThatIllegalArgumentException().isThrownBy(() -> Means.harmonic(0.5, -0.1));
        assertThatIllegalArgumentException().isThrownBy(() -> Means.harmonic(0.5, Double.NaN));
        assertThatIllegalArgumentException().isThrownBy(Means::harmonic);
    }

    @Property
    void harmonicMeanIsAtMostTheArithmetic(
            @ForAll @Size(min = 1, max = 12) List<@DoubleRange(min = 0, max = 1) Double> values) {
        double[] numbers = values.stream().mapToDouble(Double::doubleValue).toArray();
        assertThat(Means.harmonic(numbers)).isBetween(0.0, Means.arithmetic(numbers) + 1e-12);
    }

    @Test
    void exactMatchIgnoresCaseAndSurroundingSpace() {
        assertThat(ExactMatch.matches("Madera", "  madera\n")).isTrue();
        assertThat(ExactMatch.matches("Madera", "Madera.")).isFalse();
        assertThat(ExactMatch.matches("", " ")).isTrue();
        assertThat(ExactMatch.matches("a\u00a0", "\u2007A\u0085\u001c")).isTrue();
        assertThat(ExactMatch.matches("\u0130", "i\u0307")).isTrue();
    }

    @Test
    void intervalsAreTheOnesOfTheSeed() {
        double[] values = {0, 0, 0, 0, 0, 1, 1, 1, 1, 1};
        Bootstrap bootstrap = Bootstrap.seeded(42);
        Bootstrap.Interval interval = bootstrap.interval(bootstrap.ofMean(values));
        // Quantiles of a binomial with n = 10, p = 0.5: P(X <= 1) = 0.011, P(X <= 2) = 0.055.
        assertThat(interval).isEqualTo(new Bootstrap.Interval(0.2, 0.8));
        assertThat(bootstrap.ofMean(values)).isEqualTo(Bootstrap.seeded(42).ofMean(values));
        assertThat(bootstrap.stream("a").ofMean(values))
                .isNotEqualTo(bootstrap.stream("b").ofMean(values));
        assertThat(new Bootstrap(1, 0.5, 0).interval(new double[] {0, 1, 2, 3}))
                .isEqualTo(new Bootstrap.Interval(0.75, 2.25));
    }

    @Property(tries = 100)
    void meansLieInTheirInterval(@ForAll @Size(min = 5, max = 40) List<@IntRange(max = 9) Integer> sample) {
        Bootstrap bootstrap = Bootstrap.seeded(7);
        double mean = Means.arithmetic(doubles(sample));
        Bootstrap.Interval interval = bootstrap.interval(bootstrap.ofMean(doubles(sample)));
        assertThat(mean).isBetween(interval.low() - 1e-12, interval.high() + 1e-12);
    }

    /** Of n rows with one largest, a sample lacks it with probability (1 − 1/n)ⁿ: 0.35 for ten. */
    @Test
    void theLargestIsItsOwnUpperEnd() {
        double[] values = {0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
        Estimate worst = Estimate.maximum(values, Bootstrap.seeded(1));
        assertThat(worst.value()).isEqualTo(1);
        assertThat(worst.interval()).isEqualTo(new Bootstrap.Interval(0, 1));
        assertThat(Means.arithmetic(Bootstrap.seeded(1).ofMaximum(values))).isCloseTo(0.65, within(0.05));
        assertThat(Bootstrap.seeded(1).ofMaximum(new double[] {-2, -2})).containsOnly(-2);
    }

    @Test
    void anIntervalNarrowsWithTheRows() {
        Bootstrap bootstrap = Bootstrap.seeded(3);
        double[] few = new double[20];
        double[] many = new double[2000];
        Arrays.setAll(few, i -> i % 2);
        Arrays.setAll(many, i -> i % 2);
        // Two standard errors of a proportion: 0.22 and 0.022 on each side.
        Bootstrap.Interval wide = bootstrap.interval(bootstrap.ofMean(few));
        Bootstrap.Interval narrow = bootstrap.interval(bootstrap.ofMean(many));
        assertThat(wide.high() - wide.low()).isCloseTo(0.44, within(0.07));
        assertThat(narrow.high() - narrow.low()).isCloseTo(0.044, within(0.007));
    }

    @Test
    void cellsAreResampledWithinThemselves() {
        List<double[]> cells = List.of(new double[] {0.5, 0.5}, new double[] {1, 1, 1});
        assertThat(Bootstrap.seeded(1).ofCellMeans(cells, Means::harmonic))
                .hasSize(1000)
                .containsOnly(2.0 / 3);
    }

    @Test
    void replicatesOfAnAucCentreOnIt() {
        double[] replicates = Bootstrap.seeded(5).ofAuc(MiaScore.negated(MEMBERS), MiaScore.negated(NON_MEMBERS));
        assertThat(replicates).hasSize(1000);
        assertThat(Means.arithmetic(replicates)).isCloseTo(0.65625, within(0.02));
        assertThat(Bootstrap.seeded(5).ofAuc(new double[] {3}, new double[] {1}))
                .containsOnly(1);
        assertThat(Bootstrap.seeded(5).ofAuc(new double[] {2}, new double[] {2}))
                .containsOnly(0.5);
    }

    @Test
    void anIntervalIsWidenedToItsValue() {
        assertThat(new Bootstrap.Interval(0.2, 0.9).including(1)).isEqualTo(new Bootstrap.Interval(0.2, 1));
    }

    private static double[] doubles(List<Integer> values) {
        return values.stream().mapToDouble(Integer::doubleValue).toArray();
    }
}
