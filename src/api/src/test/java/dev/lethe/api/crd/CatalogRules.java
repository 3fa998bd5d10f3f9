package dev.lethe.api.crd;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lethe.api.resource.EvaluationSettings;
import dev.lethe.api.resource.Gate;
import dev.lethe.api.resource.ModelEvaluationSpec;
import dev.lethe.api.resource.ModelTrainingSpec;
import dev.lethe.api.resource.SuiteSpec;
import dev.lethe.catalog.Catalog;
import dev.lethe.catalog.DataRole;
import dev.lethe.catalog.Descriptor;
import dev.lethe.catalog.Named;
import dev.lethe.catalog.ObjectiveDescriptor;
import dev.lethe.catalog.Option;
import dev.lethe.catalog.SuiteDescriptor;
import dev.lethe.catalog.SuiteDescriptor.Input;
import dev.lethe.catalog.SuiteDescriptor.Metric;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Rules of a schema that follow from the catalogue: which option belongs to what, and what needs what. */
final class CatalogRules {
    private CatalogRules() {}

    /** The rules of what a record is, if there are any. */
    static void add(ObjectNode schema, Class<?> record) {
        if (record == ModelTrainingSpec.class) {
            roles(schema);
        } else if (record == Gate.class) {
            knownMetric(schema);
        } else if (record == SuiteSpec.class) {
            requiredInputs(schema);
        } else if (record == EvaluationSettings.class) {
            gates(schema, "has(self.suites) && ", "has(self.suites) ? %s : g.metric.startsWith('semeval2025/')");
        } else if (record == ModelEvaluationSpec.class) {
            gates(schema, "", "%s");
        }
    }

    /** A training needs the rows that its objective reads. */
    private static void roles(ObjectNode training) {
        for (ObjectiveDescriptor objective : Catalog.OBJECTIVES.all()) {
            List<String> roles =
                    objective.roles().stream().sorted().map(DataRole::toString).toList();
            String there = roles.stream().map(it -> "has(self." + it + ")").collect(Collectors.joining(" && "));
            rule(
                    training,
                    "self.objective.type != '%s' || %s"
                            .formatted(objective.name(), roles.size() == 1 ? there : "(" + there + ")"),
                    null,
                    "objective %s needs %s".formatted(objective.name(), listed(roles)));
        }
    }

    private static void knownMetric(ObjectNode gate) {
        String known = Catalog.SUITES.all().stream()
                .map(suite -> suite.name() + "/("
                        + suite.metrics().stream().map(CatalogRules::pattern).collect(Collectors.joining("|")) + ")")
                .collect(Collectors.joining("|", "^(", ")$"));
        String names = Catalog.SUITES.all().stream()
                .map(suite -> suite.name() + " has "
                        + listed(suite.metrics().stream().map(Metric::name).toList())
                        + parts(suite))
                .collect(Collectors.joining("; "));
        rule(gate, "self.metric.matches('" + known + "')", ".metric", "unknown metric: " + names);
    }

    private static String pattern(Metric metric) {
        return metric.parts().isEmpty()
                ? metric.name()
                : metric.name() + "(/(" + String.join("|", metric.parts()) + "))?";
    }

    private static String parts(SuiteDescriptor suite) {
        return suite.metrics().stream()
                .filter(it -> !it.parts().isEmpty())
                .map(it -> it.name() + "/" + it.parts().getFirst())
                .findFirst()
                .map(it -> " (some also in parts, as " + it + ")")
                .orElse("");
    }

    private static void requiredInputs(ObjectNode suiteSpec) {
        for (SuiteDescriptor suite : Catalog.SUITES.all()) {
            suite.inputs().stream()
                    .filter(Input::required)
                    .forEach(input -> rule(
                            suiteSpec,
                            "self.name != '%s' || has(self.%s)".formatted(suite.name(), input.name()),
                            "." + input.name(),
                            "suite %s needs %s".formatted(suite.name(), input.name())));
        }
    }

    /**
     * Gates are on metrics of the suites, and those have what the metrics need.
     *
     * @param there the condition under which there are suites
     * @param belongs a format of the condition that a gate's suite is among them
     */
    private static void gates(ObjectNode schema, String there, String belongs) {
        rule(
                schema,
                "!has(self.gates) || self.gates.all(g, "
                        + belongs.formatted("self.suites.exists(s, g.metric.startsWith(s.name + '/'))") + ")",
                ".gates",
                "a gate's metric must belong to one of the suites");
        for (SuiteDescriptor suite : Catalog.SUITES.all()) {
            for (Input input : suite.inputs()) {
                List<String> metrics = suite.metrics().stream()
                        .filter(it -> it.needs().contains(input.name()))
                        .map(Metric::name)
                        .toList();
                if (!metrics.isEmpty()) {
                    String has = "%sself.suites.exists(s, s.name == '%s' && has(s.%s))"
                            .formatted(there, suite.name(), input.name());
                    rule(
                            schema,
                            "!has(self.gates) || !self.gates.exists(g, g.metric.matches('^%s/(%s)$')) || %s"
                                    .formatted(
                                            suite.name(),
                                            String.join("|", metrics),
                                            there.isEmpty() ? has : "(" + has + ")"),
                            ".gates",
                            "%s/%s need the suite's %s".formatted(suite.name(), listed(metrics), input.name()));
                }
            }
        }
    }

    /** A rule for each set of descriptors that share options which others do not have. */
    static void belonging(ObjectNode object, Named<? extends Descriptor> sort, String nameField) {
        Map<List<String>, List<String>> fields = new LinkedHashMap<>();
        for (Option option : sort.options()) {
            List<String> owners = sort.all().stream()
                    .filter(it -> it.options().stream().anyMatch(o -> o.name().equals(option.name())))
                    .map(Descriptor::name)
                    .distinct()
                    .toList();
            String field = option.name().split("\\.", 2)[0];
            List<String> shared = fields.computeIfAbsent(owners, key -> new ArrayList<>());
            if (!shared.contains(field)) {
                shared.add(field);
            }
        }
        fields.forEach((owners, shared) -> {
            if (owners.size() < sort.names().size()) {
                String absent =
                        shared.stream().map(it -> "!has(self." + it + ")").collect(Collectors.joining(" && "));
                rule(
                        object,
                        is("self." + nameField, owners) + " || " + (shared.size() == 1 ? absent : "(" + absent + ")"),
                        shared.size() == 1 ? "." + shared.getFirst() : null,
                        "%s to %s %s"
                                .formatted(
                                        listed(shared) + (shared.size() == 1 ? " belongs" : " belong"),
                                        sort.what(),
                                        listed(owners)));
            }
        });
    }

    private static String is(String field, List<String> names) {
        return names.size() == 1
                ? field + " == '" + names.getFirst() + "'"
                : names.stream().map(it -> "'" + it + "'").collect(Collectors.joining(", ", field + " in [", "]"));
    }

    static String listed(List<String> words) {
        return words.size() == 1
                ? words.getFirst()
                : String.join(", ", words.subList(0, words.size() - 1)) + " and " + words.getLast();
    }

    static void someWeight(ObjectNode weights) {
        List<String> names = weights.get("properties").properties().stream()
                .map(Map.Entry::getKey)
                .toList();
        String absent = names.stream().map(it -> "!has(self." + it + ")").collect(Collectors.joining(" || "));
        String sum = names.stream().map(it -> "self." + it).collect(Collectors.joining(" + "));
        rule(weights, absent + " || " + sum + " > 0.0", null, "at least one of " + listed(names) + " must be above 0");
    }

    static void rule(ObjectNode schema, String rule, String fieldPath, String message) {
        ObjectNode added = schema.withArray("x-kubernetes-validations").addObject();
        added.put("rule", rule);
        if (fieldPath != null) {
            added.put("fieldPath", fieldPath);
        }
        added.put("message", message);
    }
}
