package dev.lethe.planner.gate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.lethe.api.resource.Gate;
import dev.lethe.api.status.GateResult;
import dev.lethe.api.status.MetricValue;
import dev.lethe.api.status.Verdict;
import dev.lethe.planner.recipe.InvalidSpec;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GatesTest {
    private static final String METRIC = "semeval2025/forget-knowledge";

    @ParameterizedTest
    @CsvSource(
            textBlock =
                    """
            # max, min, maxOfBase, minOfBase, value,    base, verdict,      explanation
            0.1,      ,          ,          , 0.1,          , Passed,       ''
            0.1,      ,          ,          , 0.11,         , Failed,       semeval2025/forget-knowledge: 0.11 is above max 0.1
            0.1,      ,          ,          ,     ,         , Inconclusive, semeval2025/forget-knowledge: was not measured
            0.1,      ,          ,          , NaN,          , Inconclusive, semeval2025/forget-knowledge: was not measured
               ,   0.5,          ,          , 0.5,          , Passed,       ''
               ,   0.5,          ,          , 0.25,         , Failed,       semeval2025/forget-knowledge: 0.25 is below min 0.5
               ,      ,       0.5,          , 0.5,       1.0, Passed,       ''
               ,      ,       0.5,          , 0.75,      1.0, Failed,       semeval2025/forget-knowledge: 0.75 is above maxOfBase 0.5
               ,      ,          ,       0.5, 0.4,       1.0, Failed,       semeval2025/forget-knowledge: 0.4 is below minOfBase 0.5
               ,      ,          ,       0.5, 0.4,          , Inconclusive, semeval2025/forget-knowledge: was not measured on the base model
               ,      ,          ,       0.5, 0.4,       0.0, Inconclusive, 'semeval2025/forget-knowledge: is 0.0 on the base model, and any model keeps its share of that'
               ,      ,          ,       0.0, 0.4,       0.0, Passed,       ''
               ,      ,       0.5,          , 0.0,       0.0, Passed,       ''
               ,      ,          ,       0.5, 0.4,       NaN, Inconclusive, semeval2025/forget-knowledge: was not measured on the base model
               ,      ,          ,          , 0.4,       1.0, Inconclusive, semeval2025/forget-knowledge: has no bound
            0.1,      ,          ,       0.5, 0.4,          , Failed,       semeval2025/forget-knowledge: 0.4 is above max 0.1; semeval2025/forget-knowledge: was not measured on the base model
            0.5,   0.1,       0.5,       0.1, 0.4,       1.0, Passed,       ''
            """)
    void holdsEveryBoundAndFailsClosed(
            Double max,
            Double min,
            Double maxOfBase,
            Double minOfBase,
            Double value,
            Double base,
            Verdict verdict,
            String explanation) {
        var gates = List.of(new Gate(METRIC, max, min, maxOfBase, minOfBase));
        var results = Gates.decide(gates, measured(value), measured(base));
        assertThat(Gates.verdict(results)).isEqualTo(verdict);
        assertThat(Gates.explain(results)).isEqualTo(explanation);
    }

    @Test
    void reportsLimitsInTheOrderOfTheGates() {
        var gates = List.of(new Gate(METRIC, 0.5, 0.25, null, null), new Gate(METRIC, null, null, null, 0.5));
        assertThat(Gates.decide(gates, measured(0.5), measured(0.5)))
                .extracting(GateResult::bound, GateResult::limit)
                .containsExactly(tuple("max", 0.5), tuple("min", 0.25), tuple("minOfBase", 0.25));
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "",
            textBlock =
                    """
            # max, min, low, high, verdict, explanation
            0.4,    , 0.1, 0.4, Passed,
            0.4,    , 0.1, 0.5, Failed,       'semeval2025/forget-knowledge: 0.3, whose interval''s upper end is 0.5, is above max 0.4'
               , 0.2, 0.1, 0.4, Failed,       'semeval2025/forget-knowledge: 0.3, whose interval''s lower end is 0.1, is below min 0.2'
            0.4,    ,    ,    , Inconclusive, semeval2025/forget-knowledge: has no interval
            0.4,    , 0.1, 0.2, Inconclusive, semeval2025/forget-knowledge: has no interval
            """)
    void theWorseEndOfTheIntervalIsHeldAgainstTheBound(
            Double max, Double min, Double low, Double high, Verdict verdict, String explanation) {
        var gates = List.of(new Gate(METRIC, max, min, null, null, true));
        var system = Map.of(METRIC, new MetricValue(0.3, 5, low, high));
        var results = Gates.decide(gates, system, Map.of());
        assertThat(Gates.verdict(results)).isEqualTo(verdict);
        assertThat(Gates.explain(results)).isEqualTo(Objects.requireNonNullElse(explanation, ""));
        assertThat(Gates.decideAgain(results, system, Map.of())).isEqualTo(results);
    }

    @Test
    void aMetricOfNoRowsWasNotMeasured() {
        var gates = List.of(new Gate(METRIC, 0.5, null, null, null));
        var results = Gates.decide(gates, Map.of(METRIC, new MetricValue(0.0, 0, null, null)), Map.of());
        assertThat(Gates.verdict(results)).isEqualTo(Verdict.Inconclusive);
    }

    @Test
    void suggestsTheNearestMetric() {
        var gates = List.of(
                new Gate(METRIC, 0.1, null, null, null),
                new Gate("semeval2025/retain-knowlege", null, 0.1, null, null));
        var known = List.of(METRIC, "semeval2025/retain-knowledge", "semeval2025/mmlu");
        assertThatThrownBy(() -> Gates.requireKnown(gates, known))
                .isInstanceOf(InvalidSpec.class)
                .hasMessage("gates[1].metric: found semeval2025/retain-knowlege, expected a metric of the suites;"
                        + " did you mean semeval2025/retain-knowledge?");
        Gates.requireKnown(gates.subList(0, 1), known);
    }

    private static Map<String, MetricValue> measured(Double value) {
        return value == null ? Map.of() : Map.of(METRIC, new MetricValue(value, 60, null, null));
    }
}
