package dev.lethe.planner.stage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lethe.api.document.Documents;
import dev.lethe.api.resource.Gate;
import dev.lethe.api.resource.Kind;
import dev.lethe.api.stage.StageReport;
import dev.lethe.api.stage.StageResult;
import dev.lethe.api.status.MetricValue;
import dev.lethe.catalog.Catalog;
import dev.lethe.catalog.SuiteDescriptor;
import dev.lethe.planner.gate.Gates;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SequencedSet;
import java.util.TreeMap;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** What a pod can say in 4 KiB decides what the whole of its numbers would. */
class StageReportTest {
    private static final String DIGEST = "sha256:" + "0".repeat(64);

    /** A laptop has every number, a cluster what came through a termination message: the verdict is the same. */
    @Property(tries = 200)
    void theSameGatesOnTheSameNumbersAreDecidedAlikeOnALaptopAndInACluster(
            @ForAll @IntRange(min = 1, max = 32) int gates, @ForAll long seed) {
        var random = new Random(seed);
        var names = IntStream.range(0, 40).mapToObj(i -> name(i, random)).toList();
        var wanted =
                IntStream.range(0, gates).mapToObj(i -> gate(names, random)).toList();
        var measured = numbers(names, random);
        var base = numbers(names, random);

        assertThat(Gates.decide(wanted, told(measured, wanted, base).measured(metrics(wanted)), toldBase(wanted, base)))
                .isEqualTo(Gates.decide(wanted, measured, base));
    }

    /** 32 gates with every bound, the longest names that admission allows, and the longest numbers that there are. */
    @Test
    void theLargestSpecThatAdmissionAllowsFits() {
        var metrics = new TreeMap<String, MetricValue>();
        for (int i = 0; i < 64; i++) {
            var name = "semeval2025/%0116d".formatted(i);
            assertThat(name).hasSize(128);
            metrics.put(
                    name,
                    new MetricValue(
                            -1.2345678901234568e-300 - i * 1e-305,
                            Long.MAX_VALUE,
                            -1.2345678901234567e-301,
                            -1.2345678901234568e-302));
        }
        var gates = metrics.keySet().stream()
                .limit(32)
                .map(name -> new Gate(name, 0.1, 0.2, 0.3, 0.4))
                .toList();
        var report = told(metrics, gates, metrics);
        assertThat(Documents.line(report).getBytes(UTF_8)).hasSizeLessThanOrEqualTo(StageReport.MAX_BYTES);
        assertThat(Gates.decide(gates, report.measured(metrics(gates)), report.baseline(metrics(gates))))
                .hasSize(128)
                .isEqualTo(Gates.decide(gates, metrics, metrics));
        assertThat(report.omitted()).isNull();
    }

    @Test
    void whatFindsNoRoomIsCountedAndHeadlinesComeFirst() {
        var metrics = new TreeMap<String, MetricValue>();
        for (int i = 0; i < 40; i++) {
            metrics.put("semeval2025/forget-knowledge/Task" + i, new MetricValue(0.5, 60, 0.4, 0.6));
        }
        metrics.put("semeval2025/task-aggregate", new MetricValue(0.5, 60, 0.4, 0.6));
        metrics.put("semeval2025/retain-perplexity", new MetricValue(Double.POSITIVE_INFINITY, 60, null, null));
        var report = StageReport.of(result(metrics), DIGEST, List.of(), Map.of());
        assertThat(report.metrics())
                .containsKey("semeval2025/task-aggregate")
                .doesNotContainKey("semeval2025/retain-perplexity");
        assertThat(report.metrics().size() + report.omitted()).isEqualTo(metrics.size());
    }

    /** An evaluation by every suite of this version, with a gate on as many of its numbers as may be. */
    @Test
    void everyMetricOfEverySuiteIsToldOrCounted() {
        var metrics = new TreeMap<String, MetricValue>();
        Catalog.SUITES.all().stream()
                .flatMap(SuiteDescriptor::metricNames)
                .forEach(name -> metrics.put(name, new MetricValue(0.123456789, 6000, 0.1, 0.2)));
        var gates = metrics.keySet().stream()
                .limit(32)
                .map(name -> new Gate(name, 0.1, null, 0.3, null))
                .toList();
        for (var wanted : List.of(List.<Gate>of(), gates)) {
            var report = told(metrics, wanted, metrics);
            var others = report.metrics() == null ? 0 : report.metrics().size();
            var omitted = report.omitted() == null ? 0 : report.omitted();
            assertThat(report.measured(metrics(wanted))).hasSize(wanted.size() + others);
            assertThat(omitted == 0 || wanted.size() + others + omitted == metrics.size())
                    .isTrue();
        }
    }

    private static StageReport told(Map<String, MetricValue> metrics, List<Gate> gates, Map<String, MetricValue> base) {
        var report = StageReport.of(result(metrics), DIGEST, metrics(gates), base);
        var message = Documents.line(report);
        assertThat(message.getBytes(UTF_8)).hasSizeLessThanOrEqualTo(StageReport.MAX_BYTES);
        return Documents.parse("termination message", message, StageReport.class);
    }

    private static Map<String, MetricValue> toldBase(List<Gate> gates, Map<String, MetricValue> base) {
        return told(base, gates, Map.of()).measured(metrics(gates));
    }

    private static SequencedSet<String> metrics(List<Gate> gates) {
        var metrics = new LinkedHashSet<String>();
        gates.forEach(gate -> metrics.add(gate.metric()));
        return metrics;
    }

    private static StageResult result(Map<String, MetricValue> metrics) {
        return new StageResult(
                "eval-merge",
                Kind.ModelEvaluation,
                Map.of("model", new StageResult.Input("file:/a", DIGEST, 60L)),
                new StageResult.Output("file:/b", DIGEST, "evaluation"),
                metrics,
                Map.of(),
                null,
                null,
                Map.of(),
                null,
                null,
                Map.of());
    }

    private static String name(int i, Random random) {
        var subtask = random.nextBoolean() ? "/Task" + i : "";
        return "suite/metric-%d-%s%s".formatted(i, "x".repeat(random.nextInt(60)), subtask);
    }

    private static Gate gate(List<String> names, Random random) {
        var name = names.get(random.nextInt(names.size()));
        return switch (random.nextInt(4)) {
            case 0 -> new Gate(name, random.nextDouble(), null, null, null);
            case 1 -> new Gate(name, null, random.nextDouble(), null, null);
            case 2 -> new Gate(name, null, null, random.nextDouble(), null);
            default -> new Gate(name, random.nextDouble(), 0.0, random.nextDouble(), random.nextDouble());
        };
    }

    /** Some are not measured, some on no row, and some are no number. */
    private static Map<String, MetricValue> numbers(List<String> names, Random random) {
        var numbers = new TreeMap<String, MetricValue>();
        for (var name : names) {
            var value = random.nextInt(20) == 0 ? Double.NaN : random.nextGaussian();
            if (random.nextInt(10) > 0) {
                numbers.put(name, new MetricValue(value, random.nextInt(4) == 0 ? 0 : 60, value - 1, value + 1));
            }
        }
        return numbers;
    }
}
