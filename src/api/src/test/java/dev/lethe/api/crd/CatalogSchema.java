package dev.lethe.api.crd;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lethe.api.resource.Catalogued;
import dev.lethe.api.resource.ObjectiveSpec;
import dev.lethe.catalog.Catalog;
import dev.lethe.catalog.Descriptor;
import dev.lethe.catalog.Named;
import dev.lethe.catalog.Option;
import dev.lethe.catalog.SuiteDescriptor;

/** What the catalogue says of a part of a schema: the names, the options with their bounds, and which options belong together. */
final class CatalogSchema {
    /** Stands for a schema like that of every other source, but for this description. */
    private static final String SOURCE = "source";

    private CatalogSchema() {}

    /** Puts a schema in place of those that stand for it. */
    static void fillSources(JsonNode schema, ObjectNode source) {
        schema.properties().forEach(field -> {
            JsonNode described = field.getValue().get(SOURCE);
            if (described != null && described.isTextual()) {
                field.setValue(source.deepCopy().put("description", described.asText()));
            } else {
                fillSources(field.getValue(), source);
            }
        });
    }

    static Named<? extends Descriptor> of(Catalogued.Sort sort) {
        return switch (sort) {
            case OBJECTIVE -> Catalog.OBJECTIVES;
            case SUITE -> Catalog.SUITES;
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
                group.put("type", "object")
                        .put(
                                "description",
                                "Weights of the loss terms. What is absent comes from the recipe's specialist of the same name.");
                field(properties(group).putObject(steps[1]), option);
            }
        }
        sort.all().stream()
                .filter(SuiteDescriptor.class::isInstance)
                .flatMap(it -> ((SuiteDescriptor) it).inputs().stream())
                .filter(it -> !object.at("/properties").has(it.name()))
                .forEach(it -> properties(object).putObject(it.name()).put(SOURCE, it.text()));
        CatalogRules.belonging(object, sort, nameField);
        object.at("/properties").properties().stream()
                .filter(it -> it.getKey().equals(ObjectiveSpec.WEIGHTS))
                .forEach(it -> CatalogRules.someWeight((ObjectNode) it.getValue()));
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
                field.put("type", "string")
                        .put("pattern", "^(" + text.pattern() + ")$")
                        .put("maxLength", text.longest());
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
}
