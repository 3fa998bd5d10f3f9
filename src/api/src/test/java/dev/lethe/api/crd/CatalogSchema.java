package dev.lethe.api.crd;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lethe.api.resource.Catalogued;
import dev.lethe.catalog.Catalog;
import dev.lethe.catalog.DataRole;
import dev.lethe.catalog.Descriptor;
import dev.lethe.catalog.Named;
import dev.lethe.catalog.ObjectiveDescriptor;
import dev.lethe.catalog.Option;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** What the catalogue says of a part of a schema: the names, the options with their bounds, and which options belong together. */
final class CatalogSchema {
    private CatalogSchema() {}

    static Named<? extends Descriptor> of(Catalogued.Sort sort) {
        return switch (sort) {
            case OBJECTIVE -> Catalog.OBJECTIVES;
        };
    }

    /** The names that a text may have. */
    static void names(ObjectNode text, Named<? extends Descriptor> sort) {
        ArrayNode names = text.putArray("enum");
        sort.names().forEach(names::add);
    }

    /** The options of all descriptors, as fields beside the name. */
    static void options(ObjectNode object, String component, Named<? extends Descriptor> sort, String nameField) {
        properties(object).remove(component);
        object.remove("x-kubernetes-preserve-unknown-fields");
        object.remove("additionalProperties");
        for (Option option : sort.options()) {
            String[] steps = option.name().split("\\.", 2);
            if (steps.length == 1) {
                field(properties(object).putObject(option.name()), option);
            } else {
                ObjectNode group = properties(object).withObject("/" + steps[0]);
                group.put("type", "object").put("description", "Weights of the loss terms. What is absent comes from the recipe's specialist of the same name.");
                field(properties(group).putObject(steps[1]), option);
            }
        }
        belonging(object, sort, nameField);
        properties(object).properties().stream()
                .filter(it -> it.getKey().equals("weights"))
                .forEach(it -> someWeight((ObjectNode) it.getValue()));
    }

    /** A training needs the rows that its objective reads. */
    static void roles(ObjectNode training) {
        for (ObjectiveDescriptor objective : Catalog.OBJECTIVES.all()) {
            List<String> roles = objective.roles().stream().sorted().map(DataRole::toString).toList();
            String there = roles.stream().map(it -> "has(self." + it + ")").collect(Collectors.joining(" && "));
            training.withArray("x-kubernetes-validations")
                    .addObject()
                    .put("rule", "self.objective.type != '%s' || %s".formatted(objective.name(), roles.size() == 1 ? there : "(" + there + ")"))
                    .put("message", "objective %s needs %s".formatted(objective.name(), listed(roles)));
        }
    }

    private static ObjectNode properties(ObjectNode object) {
        return object.withObject("/properties");
    }

    private static void field(ObjectNode field, Option option) {
        switch (option.type()) {
            case Option.Real number -> {
                field.put("type", "number");
                bound(field, "minimum", number.min(), -Double.MAX_VALUE);
                bound(field, "maximum", number.max(), Double.MAX_VALUE);
                if (number.above()) {
                    field.put("exclusiveMinimum", true);
                }
            }
            case Option.Whole whole -> {
                field.put("type", "integer");
                field.put("format", whole.max() > Integer.MAX_VALUE ? "int64" : "int32");
                field.put("minimum", whole.min()).put("maximum", whole.max());
            }
            case Option.Flag flag -> field.put("type", "boolean");
            case Option.Choice choice -> {
                ArrayNode words = field.put("type", "string").putArray("enum");
                choice.names().forEach(words::add);
            }
            case Option.Text text ->
                field.put("type", "string").put("pattern", "^(" + text.pattern() + ")$").put("maxLength", text.longest());
            case Option.Free free -> {
                field.put("type", "object").put("maxProperties", free.most());
                field.putObject("additionalProperties").put("type", "string").put("maxLength", 1024);
            }
        }
        field.put("description", described(option));
    }

    /** The option's text, with what holds where it is absent. */
    static String described(Option option) {
        String standard = option.standard() == null ? "" : " " + plain(option.standard()) + " when absent.";
        return option.text() + standard;
    }

    private static String plain(Object standard) {
        return standard instanceof Double number && number == Math.rint(number)
                ? Long.toString(number.longValue())
                : String.valueOf(standard);
    }

    private static void bound(ObjectNode field, String keyword, double value, double none) {
        if (value == none) {
            return;
        }
        if (value == (long) value) {
            field.put(keyword, (long) value);
        } else {
            field.put(keyword, value);
        }
    }

    /** A rule for each set of descriptors that share options which others do not have. */
    private static void belonging(ObjectNode object, Named<? extends Descriptor> sort, String nameField) {
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
                ObjectNode rule = object.withArray("x-kubernetes-validations").addObject();
                String absent = shared.stream().map(it -> "!has(self." + it + ")").collect(Collectors.joining(" && "));
                rule.put("rule", is("self." + nameField, owners) + " || "
                        + (shared.size() == 1 ? absent : "(" + absent + ")"));
                if (shared.size() == 1) {
                    rule.put("fieldPath", "." + shared.getFirst());
                }
                rule.put("message", "%s to %s %s".formatted(
                        listed(shared) + (shared.size() == 1 ? " belongs" : " belong"), sort.what(), listed(owners)));
            }
        });
    }

    private static String is(String field, List<String> names) {
        return names.size() == 1
                ? field + " == '" + names.getFirst() + "'"
                : names.stream().map(it -> "'" + it + "'").collect(Collectors.joining(", ", field + " in [", "]"));
    }

    private static String listed(List<String> words) {
        return words.size() == 1
                ? words.getFirst()
                : String.join(", ", words.subList(0, words.size() - 1)) + " and " + words.getLast();
    }

    private static void someWeight(ObjectNode weights) {
        List<String> names =
                weights.get("properties").properties().stream().map(Map.Entry::getKey).toList();
        String absent = names.stream().map(it -> "!has(self." + it + ")").collect(Collectors.joining(" || "));
        String sum = names.stream().map(it -> "self." + it).collect(Collectors.joining(" + "));
        weights.withArray("x-kubernetes-validations")
                .addObject()
                .put("rule", absent + " || " + sum + " > 0.0")
                .put("message", "at least one of " + listed(names) + " must be above 0");
    }
}
