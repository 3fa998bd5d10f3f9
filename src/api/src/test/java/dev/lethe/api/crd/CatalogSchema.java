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
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/** What the catalogue says of a part of a schema: the names, the options with their bounds, and which options belong together. */
final class CatalogSchema {
    /** Stands for a schema like that of every other source, but for this description. */
    private static final String SOURCE = "source";

    /** A number without a bound of its own has this one in documents. */
    private static final double LARGEST = 100;

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

    /** The names that a text may have. */
    static void names(ObjectNode text, Catalogued.Sort sort) {
        ArrayNode names = text.putArray("enum");
        sort.names().forEach(names::add);
    }

    /**
     * The options of a sort, as fields of an object.
     *
     * @param component of the record, in place of which they stand
     */
    static void options(ObjectNode object, String component, Catalogued.Sort sort, String nameField) {
        object.remove("x-kubernetes-preserve-unknown-fields");
        object.remove("additionalProperties");
        properties(object).remove(component);
        switch (sort) {
            case OBJECTIVE -> options(object, Catalog.OBJECTIVES, nameField);
            case SUITE -> {
                options(object, Catalog.SUITES, nameField);
                Catalog.SUITE_INPUTS.stream()
                        .filter(it -> !object.at("/properties").has(it.name()))
                        .forEach(it -> properties(object).putObject(it.name()).put(SOURCE, it.text()));
            }
            case MERGE_PARAMETER -> parameters(object);
            case METHOD, SEMANTICS, RECIPE -> throw new IllegalArgumentException("no options: " + sort);
        }
    }

    private static void options(ObjectNode object, Named<? extends Descriptor> sort, String nameField) {
        for (Option option : sort.options()) {
            String[] steps = option.name().split("\\.", 2);
            if (steps.length == 1) {
                field(properties(object).putObject(option.name()), option, sort);
            } else {
                ObjectNode group = properties(object).withObject("/" + steps[0]);
                group.put("type", "object")
                        .put(
                                "description",
                                "Weights of the loss terms. What is absent comes from the recipe's specialist of the same name.");
                field(properties(group).putObject(steps[1]), option, sort);
            }
        }
        CatalogRules.belonging(object, sort, nameField);
        object.at("/properties").properties().stream()
                .filter(it -> it.getKey().equals(ObjectiveSpec.WEIGHTS))
                .forEach(it -> CatalogRules.someWeight((ObjectNode) it.getValue(), zeroWhenAbsent(sort)));
    }

    /** Names of the weights that are 0 in everything that has them, unless they are set. */
    private static Set<String> zeroWhenAbsent(Named<? extends Descriptor> sort) {
        String group = ObjectiveSpec.WEIGHTS + ".";
        return sort.options().stream()
                .map(Option::name)
                .filter(it -> it.startsWith(group))
                .filter(name -> sort.all().stream()
                        .flatMap(it -> it.options().stream())
                        .filter(it -> it.name().equals(name))
                        .allMatch(it -> Objects.equals(it.standard(), 0.0)))
                .map(it -> it.substring(group.length()))
                .collect(Collectors.toSet());
    }

    private static void parameters(ObjectNode object) {
        for (Option option : Catalog.MERGE_PARAMETERS) {
            ObjectNode field = properties(object).putObject(option.name());
            field(field, option);
            var texts = owners(option, Catalog.METHODS, CatalogSchema::described);
            if (!texts.isEmpty()) {
                field.put("description", listed(texts));
            }
        }
    }

    /** Options of one name are one field, which says what it does for which descriptor where they differ. */
    private static void field(ObjectNode field, Option option, Named<? extends Descriptor> sort) {
        field(field, option);
        var described = owners(option, sort, CatalogSchema::described);
        if (described.size() > 1) {
            var sameText = owners(option, sort, Option::text).size() == 1;
            field.put("description", sameText ? option.text() + standards(option, sort) : listed(described));
        }
    }

    private static String standards(Option option, Named<? extends Descriptor> sort) {
        return owners(option, sort, it -> plain(Objects.requireNonNull(it.standard()))).entrySet().stream()
                .map(it -> it.getKey() + " for " + CatalogRules.listed(List.copyOf(it.getValue())))
                .collect(Collectors.joining(", ", " When absent: ", "."));
    }

    /** What is said of an option, each with the names of the descriptors of which it is said. */
    private static Map<String, Set<String>> owners(
            Option option, Named<? extends Descriptor> sort, Function<Option, String> said) {
        var owners = new LinkedHashMap<String, Set<String>>();
        sort.all().forEach(descriptor -> descriptor.options().stream()
                .filter(it -> it.asField().name().equals(option.asField().name()))
                .forEach(it -> owners.computeIfAbsent(said.apply(it), text -> new LinkedHashSet<>())
                        .add(descriptor.name())));
        return owners;
    }

    private static String listed(Map<String, Set<String>> texts) {
        return texts.entrySet().stream()
                .map(it -> it.getKey() + " For " + CatalogRules.listed(List.copyOf(it.getValue())) + ".")
                .collect(Collectors.joining(" "));
    }

    private static ObjectNode properties(ObjectNode object) {
        return object.withObject("/properties");
    }

    private static void field(ObjectNode field, Option option) {
        switch (option.type()) {
            case Option.Real number -> {
                field.put("type", "number");
                bound(field, "minimum", Math.max(number.min(), -LARGEST));
                bound(field, "maximum", number.max() == Double.MAX_VALUE ? LARGEST : number.max());
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

    static String plain(Object standard) {
        return standard instanceof Double number && number == Math.rint(number)
                ? Long.toString(number.longValue())
                : String.valueOf(standard).replace(".0E", "e").replace("E", "e");
    }

    private static void bound(ObjectNode field, String keyword, double value) {
        if (value == (long) value) {
            field.put(keyword, (long) value);
        } else {
            field.put(keyword, value);
        }
    }
}
