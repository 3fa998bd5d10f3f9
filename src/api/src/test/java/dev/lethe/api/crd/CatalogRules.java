package dev.lethe.api.crd;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lethe.api.resource.EvaluationSettings;
import dev.lethe.api.resource.Gate;
import dev.lethe.api.resource.MergeSettings;
import dev.lethe.api.resource.ModelEvaluationSpec;
import dev.lethe.api.resource.ModelMergeSpec;
import dev.lethe.api.resource.ModelTrainingSpec;
import dev.lethe.api.resource.Specialist;
import dev.lethe.api.resource.SuiteSpec;
import dev.lethe.catalog.Catalog;
import dev.lethe.catalog.DataRole;
import dev.lethe.catalog.Descriptor;
import dev.lethe.catalog.MethodDescriptor;
import dev.lethe.catalog.Named;
import dev.lethe.catalog.ObjectiveDescriptor;
import dev.lethe.catalog.Option;
import dev.lethe.catalog.Semantics;
import dev.lethe.catalog.SuiteDescriptor;
import dev.lethe.catalog.SuiteDescriptor.Input;
import dev.lethe.catalog.SuiteDescriptor.Metric;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** Rules of a schema that follow from the catalogue: which option belongs to what, and what needs what. */
final class CatalogRules {
    /** Options of one method that the first release took beside others, too. */
    private static final Set<String> ONCE_TAKEN_BESIDE_OTHERS = Set.of("filterWise", "selectTopk", "rank", "clamp");

    /** The name of a metric of a user's own. */
    private static final String OF_ONES_OWN = "[a-z0-9][-a-z0-9]*";

    private CatalogRules() {}

    /** The rules of what a record is, if there are any. */
    static void add(ObjectNode schema, Class<?> record) {
        if (record == ModelTrainingSpec.class) {
            roles(schema);
            ownImage(schema, "self.objective.type != 'custom'");
        } else if (record == Gate.class) {
            knownMetric(schema);
        } else if (record == SuiteSpec.class) {
            requiredInputs(schema);
        } else if (record == EvaluationSettings.class) {
            gates(
                    schema,
                    "has(self.suites) && ",
                    "has(self.suites) ? %s : "
                            + Catalog.RECIPES.all().stream()
                                    .flatMap(it -> it.suites().stream())
                                    .distinct()
                                    .map(it -> "g.metric.startsWith('" + it + "/')")
                                    .collect(Collectors.joining(" || ")));
        } else if (record == ModelEvaluationSpec.class) {
            gates(schema, "", "%s");
        } else if (record == MergeSettings.class) {
            ofTheirMethod(schema);
            rule(
                    schema,
                    "!has(self.semantics) || self.semantics == 'peft' || (!has(self.majoritySign) && (!has(self.method) || !("
                            + is("self.method", ofAdaptersAlone()) + ")))",
                    null,
                    "cat, svd, methods that end in -svd and majoritySign belong to semantics peft");
        } else if (record == ModelMergeSpec.class) {
            ofTheirMethod(schema);
        } else if (record == Specialist.class) {
            ownImage(schema, "!has(self.objective) || self.objective.type != 'custom'");
            List<String> known = Catalog.RECIPES.all().stream()
                    .flatMap(it -> it.specialists().stream())
                    .distinct()
                    .toList();
            rule(
                    schema,
                    is("self.name", known) + " || has(self.objective)",
                    ".objective",
                    "a specialist that the recipe does not know (it knows %s) needs an objective"
                            .formatted(listed(known)));
        }
    }

    /** Only an image of the user's own carries out what is custom. */
    private static void ownImage(ObjectNode schema, String otherwise) {
        rule(
                schema,
                otherwise + " || (has(self.compute) && has(self.compute.runtime) && has(self.compute.runtime.image))",
                ".compute",
                "objective custom needs compute.runtime.image, the image that carries it out");
    }

    /** A training needs the rows that its objective reads. */
    private static void roles(ObjectNode training) {
        Map<List<DataRole>, List<String>> readers = new LinkedHashMap<>();
        for (ObjectiveDescriptor objective : Catalog.OBJECTIVES.all()) {
            readers.computeIfAbsent(objective.roles().stream().sorted().toList(), key -> new ArrayList<>())
                    .add(objective.name());
        }
        readers.forEach((roles, objectives) -> {
            List<String> names = roles.stream().map(DataRole::toString).toList();
            String there = names.stream().map(it -> "has(self." + it + ")").collect(Collectors.joining(" && "));
            rule(
                    training,
                    isNot("self.objective.type", objectives) + " || " + (names.size() == 1 ? there : "(" + there + ")"),
                    null,
                    (objectives.size() == 1 ? "objective %s needs %s" : "objectives %s need %s")
                            .formatted(listed(objectives), listed(names)));
        });
        String weight = "self.objective." + ObjectiveDescriptor.DECOUPLE;
        rule(
                training,
                "has(self.decouple) == (has(self.objective.weights) && has(%s) && %s > 0.0)".formatted(weight, weight),
                ".decouple",
                "decouple and objective.weights.decouple above 0 go together: these rows and their weight");
    }

    /** Options stand beside a method that has them. */
    private static void ofTheirMethod(ObjectNode merge) {
        rule(
                merge,
                "!has(self.method) || !has(self.density) || " + is("self.method", having("density")),
                null,
                "density belongs to methods that trim");
        rule(
                merge,
                "!has(self.method) || !has(self.majoritySign) || " + is("self.method", having("majoritySign")),
                null,
                "majoritySign belongs to methods that elect signs");
        Map<String, List<String>> fields = new LinkedHashMap<>();
        for (Option option : Catalog.MERGE_PARAMETERS) {
            List<String> owners = having(option.name());
            if (owners.size() == 1 && !ONCE_TAKEN_BESIDE_OTHERS.contains(option.name())) {
                fields.computeIfAbsent(condition(owners.getFirst(), option.name()), key -> new ArrayList<>())
                        .add(option.name());
            }
        }
        rule(
                merge,
                fields.entrySet().stream()
                        .map(it -> "(%s || %s)"
                                .formatted(
                                        it.getKey(),
                                        it.getValue().stream()
                                                .map(field -> "!has(self.parameters." + field + ")")
                                                .collect(Collectors.joining(" && "))))
                        .collect(Collectors.joining(" && ", "!has(self.parameters) || (", ")")),
                ".parameters",
                fields.entrySet().stream()
                        .map(it -> listed(it.getValue()) + " to "
                                + owner(it.getValue().getFirst()))
                        .collect(Collectors.joining("; ", "options of one method: ", "")));
    }

    /** Names of the methods that have an option, by its field. */
    private static List<String> having(String field) {
        return Catalog.METHODS.all().stream()
                .filter(it ->
                        it.options().stream().anyMatch(o -> o.asField().name().equals(field)))
                .map(Descriptor::name)
                .distinct()
                .sorted()
                .toList();
    }

    private static String owner(String field) {
        String method = having(field).getFirst();
        List<String> semantics = semantics(method, field);
        return semantics.isEmpty() ? method : method + " of semantics " + listed(semantics);
    }

    /** The semantics under which the method has the option; none where under all that have the method. */
    private static List<String> semantics(String method, String field) {
        List<MethodDescriptor> all = Catalog.METHODS.all().stream()
                .filter(it -> it.name().equals(method))
                .toList();
        List<MethodDescriptor> with = all.stream()
                .filter(it ->
                        it.options().stream().anyMatch(o -> o.asField().name().equals(field)))
                .toList();
        return with.size() == all.size()
                ? List.of()
                : with.stream()
                        .flatMap(it -> it.semantics().stream())
                        .sorted()
                        .map(Semantics::text)
                        .toList();
    }

    /** A merge that names no method is one by {@code ties}. */
    private static String condition(String method, String field) {
        String named = method.equals("ties")
                ? "(!has(self.method) || self.method == 'ties')"
                : "has(self.method) && self.method == '" + method + "'";
        List<String> semantics = semantics(method, field);
        return semantics.isEmpty() ? named : named + " && has(self.semantics) && " + is("self.semantics", semantics);
    }

    private static List<String> ofAdaptersAlone() {
        return Catalog.METHODS.names().stream()
                .filter(name -> Catalog.METHODS.all().stream()
                        .filter(it -> it.name().equals(name))
                        .allMatch(it -> it.semantics().equals(Set.of(Semantics.PEFT))))
                .toList();
    }

    /** A rule for each suite: that there is such a suite is a rule of those who have gates and suites. */
    private static void knownMetric(ObjectNode gate) {
        for (SuiteDescriptor suite : Catalog.SUITES.all()) {
            String known = suite.custom()
                    ? OF_ONES_OWN
                    : suite.metrics().stream().map(CatalogRules::pattern).collect(Collectors.joining("|"));
            String names = suite.custom()
                    ? "names of your own"
                    : listed(suite.metrics().stream().map(Metric::name).toList());
            rule(
                    gate,
                    "!self.metric.startsWith('%1$s/') || self.metric.matches('^%1$s/(%2$s)$')"
                            .formatted(suite.name(), known),
                    ".metric",
                    "unknown metric: " + suite.name() + " has " + names + parts(suite));
        }
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
                            "%s/%s %s the suite's %s"
                                    .formatted(
                                            suite.name(),
                                            listed(metrics),
                                            metrics.size() == 1 ? "needs" : "need",
                                            input.name()));
                }
            }
        }
    }

    /** A rule for each set of descriptors that share options which others do not have. */
    static void belonging(ObjectNode object, Named<? extends Descriptor> sort, String nameField) {
        Map<List<String>, List<String>> fields = new LinkedHashMap<>();
        for (Option option : sort.options()) {
            String field = option.name().split("\\.", 2)[0];
            List<String> ofField = owners(sort, it -> it.equals(field) || it.startsWith(field + "."));
            List<String> shared = fields.computeIfAbsent(ofField, key -> new ArrayList<>());
            if (!shared.contains(field)) {
                shared.add(field);
            }
            List<String> ofOption = owners(sort, option.name()::equals);
            if (!ofOption.equals(ofField)) {
                fields.computeIfAbsent(ofOption, key -> new ArrayList<>()).add(option.name());
            }
        }
        fields.forEach((owners, shared) -> {
            if (owners.size() < sort.names().size()) {
                String absent = shared.stream().map(CatalogRules::absent).collect(Collectors.joining(" && "));
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

    /** Names of the descriptors that have an option of such a name. */
    private static List<String> owners(Named<? extends Descriptor> sort, Predicate<String> name) {
        return sort.all().stream()
                .filter(it -> it.options().stream().map(Option::name).anyMatch(name))
                .map(Descriptor::name)
                .distinct()
                .toList();
    }

    private static String absent(String option) {
        String[] steps = option.split("\\.", 2);
        return steps.length == 1
                ? "!has(self." + option + ")"
                : "(!has(self.%s) || !has(self.%s))".formatted(steps[0], option);
    }

    private static String is(String field, List<String> names) {
        return names.size() == 1
                ? field + " == '" + names.getFirst() + "'"
                : names.stream().map(it -> "'" + it + "'").collect(Collectors.joining(", ", field + " in [", "]"));
    }

    private static String isNot(String field, List<String> names) {
        return names.size() == 1 ? field + " != '" + names.getFirst() + "'" : "!(" + is(field, names) + ")";
    }

    static String listed(List<String> words) {
        return words.size() == 1
                ? words.getFirst()
                : String.join(", ", words.subList(0, words.size() - 1)) + " and " + words.getLast();
    }

    /** @param zero names of weights that are 0 where they are absent; another may then come from the recipe */
    static void someWeight(ObjectNode weights, Set<String> zero) {
        List<String> names = weights.get("properties").properties().stream()
                .map(Map.Entry::getKey)
                .toList();
        String absent = names.stream()
                .filter(it -> !zero.contains(it))
                .map(it -> "!has(self." + it + ")")
                .collect(Collectors.joining(" || "));
        String sum = names.stream()
                .map(it -> zero.contains(it) ? "(has(self.%s) ? self.%s : 0.0)".formatted(it, it) : "self." + it)
                .collect(Collectors.joining(" + "));
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
