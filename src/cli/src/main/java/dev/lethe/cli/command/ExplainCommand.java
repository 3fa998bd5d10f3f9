package dev.lethe.cli.command;

import dev.lethe.api.stage.ExitCode;
import dev.lethe.catalog.Catalog;
import dev.lethe.catalog.Descriptor;
import dev.lethe.catalog.FamilyDescriptor;
import dev.lethe.catalog.MethodDescriptor;
import dev.lethe.catalog.Named;
import dev.lethe.catalog.ObjectiveDescriptor;
import dev.lethe.catalog.Option;
import dev.lethe.catalog.RecipeDescriptor;
import dev.lethe.catalog.Semantics;
import dev.lethe.catalog.SourceDescriptor;
import dev.lethe.catalog.SuiteDescriptor;
import dev.lethe.merge.InvalidInput;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** What a name in a spec stands for. */
@Command(
        name = "explain",
        description =
                "Say what an objective, a merge method, a suite, a recipe… is and takes; without a name, which there are.")
public final class ExplainCommand implements Callable<Integer> {
    @Parameters(paramLabel = "NAME", arity = "0..1", description = "as in a spec: npo, ties, semeval2025…")
    private @Nullable String name;

    @Override
    public Integer call() {
        System.out.print(name == null ? overview() : explained(name));
        return ExitCode.DONE.code();
    }

    private static String overview() {
        List<List<String>> rows = new ArrayList<>();
        for (Named<? extends Descriptor> sort : Catalog.SORTS) {
            sort.names()
                    .forEach(it -> rows.add(
                            List.of(sort.what(), it, sort.find(it).orElseThrow().summary())));
        }
        return TextTable.of(rows);
    }

    /** Everything of that name: methods differ by semantics, and a suite may share its name with a metric's. */
    private static String explained(String name) {
        List<String> found = Catalog.SORTS.stream()
                .flatMap(sort -> sort.all().stream()
                        .filter(it -> it.name().equals(name.replace('_', '-')))
                        .map(it -> text(sort.what(), it)))
                .toList();
        if (found.isEmpty()) {
            List<String> known = Catalog.SORTS.stream()
                    .flatMap(it -> it.names().stream())
                    .distinct()
                    .sorted()
                    .toList();
            throw InvalidInput.at("explain", "NAME", name, Named.oneOf(known, name));
        }
        return String.join("\n", found);
    }

    private static String text(String what, Descriptor it) {
        StringBuilder text = new StringBuilder("%s %s: %s%n".formatted(what, it.name(), it.summary()));
        switch (it) {
            case MethodDescriptor method -> {
                text.append("semantics  ")
                        .append(method.semantics().stream()
                                .sorted()
                                .map(Semantics::text)
                                .collect(Collectors.joining(", ")))
                        .append("\nformula    ")
                        .append(method.formula())
                        .append("\ninputs     ")
                        .append(inputs(method))
                        .append('\n');
            }
            case ObjectiveDescriptor objective ->
                text.append("reads      ")
                        .append(objective.roles().stream()
                                .sorted()
                                .map(Object::toString)
                                .collect(Collectors.joining(", ")))
                        .append(objective.reference() ? ", and the model as it was before training" : "")
                        .append('\n');
            case SuiteDescriptor suite -> text.append(suite(suite));
            case FamilyDescriptor family ->
                text.append("class      ").append(family.className()).append('\n');
            case SourceDescriptor source ->
                text.append("form       ")
                        .append(source.form())
                        .append("\nexample    ")
                        .append(source.example())
                        .append('\n');
            case RecipeDescriptor recipe ->
                text.append("trains     ")
                        .append(String.join(", ", recipe.specialists()))
                        .append("\nmeasures   ")
                        .append(String.join(", ", recipe.suites()))
                        .append('\n');
        }
        text.append("source     ")
                .append(it.source())
                .append("\nsince      ")
                .append(it.since())
                .append('\n');
        if (!it.options().isEmpty()) {
            text.append('\n').append(options(it.options()));
        }
        return text.toString();
    }

    private static String inputs(MethodDescriptor method) {
        String number = method.most() == Integer.MAX_VALUE
                ? method.least() + " or more"
                : method.least() == method.most() ? "" + method.least() : method.least() + " to " + method.most();
        return number
                + switch (method.base()) {
                    case NONE -> "";
                    case FIRST -> ", the base is the first of them";
                    case OPTIONAL -> ", and a base where differences are merged";
                    case REQUIRED -> ", and a base";
                };
    }

    private static String suite(SuiteDescriptor suite) {
        List<List<String>> rows = new ArrayList<>();
        suite.metrics()
                .forEach(it -> rows.add(List.of(
                        "metric",
                        it.name() + (it.parts().isEmpty() ? "" : "[/" + String.join("|", it.parts()) + "]"),
                        it.good().words() + ", " + range(it),
                        it.text() + (it.needs().isEmpty() ? "" : " Needs " + String.join(" and ", it.needs()) + "."))));
        suite.inputs().forEach(it -> rows.add(List.of("input", it.name(), it.required() ? "required" : "", it.text())));
        return rows.isEmpty() ? "" : TextTable.of(rows);
    }

    private static String range(SuiteDescriptor.Metric metric) {
        return new Option.Real(metric.low(), false, metric.high()).expected("").replaceFirst("^a number ", "");
    }

    private static String options(List<Option> options) {
        List<List<String>> rows = new ArrayList<>();
        for (Option option : options) {
            rows.add(List.of(
                    "option",
                    option.name(),
                    option.standard() == null ? "" : "default " + option.standard(),
                    option.text() + (option.perInput() ? " Each input may have its own." : "")));
            if (option.type() instanceof Option.Choice choice) {
                choice.words().forEach(word -> rows.add(List.of("", "", word.name(), word.meaning())));
            } else {
                rows.add(List.of("", "", "", option.type().expected("")));
            }
        }
        return TextTable.of(rows);
    }
}
