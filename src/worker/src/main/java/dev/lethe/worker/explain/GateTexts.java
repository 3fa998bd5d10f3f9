package dev.lethe.worker.explain;

import dev.lethe.api.resource.Gate;
import dev.lethe.api.resource.SuiteSpec;
import dev.lethe.catalog.Catalog;
import dev.lethe.catalog.Descriptor;
import dev.lethe.catalog.SuiteDescriptor;
import dev.lethe.catalog.SuiteDescriptor.Good;
import dev.lethe.catalog.SuiteDescriptor.Metric;
import dev.lethe.planner.recipe.ResolvedJob;
import dev.lethe.unlearning.metric.Bootstrap;
import dev.lethe.unlearning.metric.RocAuc;
import dev.lethe.unlearning.suite.Coverage;
import dev.lethe.unlearning.suite.Suites;
import dev.lethe.worker.preflight.PreflightResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/** Each gate with its bound, the rows that it is decided on, and what so many rows can decide. */
record GateTexts(ResolvedJob job, PreflightResult checked) {
    static final String NON_MEMBERS = "nonMembers";

    void in(Paragraphs text) {
        text.heading("4. Gates: all of them must be met by the merge");
        job.evaluation().gates().forEach(gate -> {
            Optional<Metric> metric = metric(gate);
            String of = metric.map(Metric::text).orElse("A metric of your own.");
            text.text(2, "%s must be %s.".formatted(gate.metric(), bounds(gate)));
            text.text(4, (of + " " + metric.map(it -> rows(gate, it)).orElse("")).strip());
        });
        if (job.evaluation().suites().stream().noneMatch(suite -> suite.source(NON_MEMBERS) != null)) {
            text.text(2, unmeasuredMembership());
        }
    }

    private static SuiteDescriptor suite(Gate gate) {
        return Catalog.SUITES.find(gate.metric().split("/", 2)[0]).orElseThrow();
    }

    private static Optional<Metric> metric(Gate gate) {
        return suite(gate).metric(gate.metric());
    }

    /** {@code at most 0.25, over its whole 95 % interval}. */
    private static String bounds(Gate gate) {
        List<String> bounds = new ArrayList<>();
        if (gate.max() != null) {
            bounds.add("at most " + SpecialistText.number(gate.max()));
        }
        if (gate.min() != null) {
            bounds.add("at least " + SpecialistText.number(gate.min()));
        }
        if (gate.maxOfBase() != null) {
            bounds.add("at most %s of the base's".formatted(SpecialistText.percent(gate.maxOfBase())));
        }
        if (gate.minOfBase() != null) {
            bounds.add("at least %s of the base's".formatted(SpecialistText.percent(gate.minOfBase())));
        }
        String all = String.join(" and ", bounds);
        return interval(gate) ? all + ", over its whole 95 % interval" : all;
    }

    private static boolean interval(Gate gate) {
        return Boolean.TRUE.equals(gate.interval());
    }

    private String rows(Gate gate, Metric metric) {
        Coverage coverage = checked.coverage().get(gate.metric());
        if (coverage == null || suite(gate).name().equals(Descriptor.CUSTOM)) {
            return "";
        }
        if (metric.good() == Good.HALF) {
            return membership(gate, coverage);
        }
        String on = "Measured on %d rows.".formatted(coverage.measured());
        return GateRoom.of(gate, Suites.LETHE.named(suite(gate).name()), metric)
                .map(room -> on + " " + room(room, coverage.measured()))
                .orElse(interval(gate) ? on : on + " The value alone is compared, not its interval.");
    }

    private static String room(GateRoom room, long rows) {
        OptionalInt needed = room.fewest();
        if (needed.isEmpty()) {
            return "Not even a perfect result on %d rows would pass.".formatted(GateRoom.MOST_ROWS);
        }
        int fewest = needed.getAsInt();
        if (rows < fewest) {
            return "Too few: even a perfect result passes only from %d rows on.".formatted(fewest);
        }
        String enough = "A perfect result passes from %d row%s on".formatted(fewest, fewest == 1 ? "" : "s");
        return rows > GateRoom.MOST_ROWS
                ? enough + "."
                : "%s; of these %d, %d may fail altogether."
                        .formatted(enough, rows, room.misses((int) rows).orElse(0));
    }

    /** What documents of these numbers can decide. */
    private String membership(Gate gate, Coverage coverage) {
        long nonMembers = job.evaluation().suites().stream()
                .filter(suite -> suite.name().equals(suite(gate).name()))
                .map(suite -> suite.source(NON_MEMBERS))
                .mapToInt(Explanation::documents)
                .sum();
        long members = coverage.measured() - nonMembers;
        Bootstrap.Interval chance = RocAuc.byChance(members, nonMembers);
        return "%d members, %d non-members: where nobody can tell, the AUC still lies anywhere from %s to %s in 95 of 100 cases.%s"
                .formatted(
                        members,
                        nonMembers,
                        hundredths(chance.low()),
                        hundredths(chance.high()),
                        gate.minOfBase() == null && gate.maxOfBase() == null ? enough(gate, members, nonMembers) : "");
    }

    private static String enough(Gate gate, long members, long nonMembers) {
        if (telling(gate, members, nonMembers)) {
            return " That is enough for this bound.";
        }
        return LongStream.rangeClosed(nonMembers, GateRoom.MOST_ROWS)
                .filter(more -> telling(gate, members, more))
                .mapToObj(" Chance decides too often: give at least %d non-members."::formatted)
                .findFirst()
                .orElse(
                        " Chance decides too often, and more non-members do not help: so few members cannot settle this bound.");
    }

    /** Whether an attack that guesses keeps the bounds in 95 of 100 cases. */
    private static boolean telling(Gate gate, long members, long nonMembers) {
        Bootstrap.Interval chance = RocAuc.byChance(members, nonMembers);
        return (gate.min() == null || chance.low() >= gate.min())
                && (gate.max() == null || chance.high() <= gate.max());
    }

    private String unmeasuredMembership() {
        long members = checked.rows().get("forget").size();
        Bootstrap.Interval chance = RocAuc.byChance(members, members);
        String suites = job.evaluation().suites().stream()
                .map(SuiteSpec::name)
                .filter(it -> Catalog.SUITES.find(it).orElseThrow().metrics().stream()
                        .anyMatch(metric -> metric.good() == SuiteDescriptor.Good.HALF))
                .collect(Collectors.joining(" and "));
        return "No gate asks whether the forgotten rows can be told from rows that the model never saw: that needs %s%s. With %d of them, chance would leave the AUC between %s and %s."
                .formatted(
                        NON_MEMBERS,
                        suites.isEmpty() ? " for suite mia" : " for suite " + suites,
                        members,
                        hundredths(chance.low()),
                        hundredths(chance.high()));
    }

    private static String hundredths(double value) {
        return String.format(Locale.ROOT, "%.2f", value);
    }
}
