package dev.lethe.api.crd;

import dev.lethe.catalog.Catalog;
import dev.lethe.catalog.MethodDescriptor;
import dev.lethe.catalog.ObjectiveDescriptor;
import dev.lethe.catalog.Option;
import dev.lethe.catalog.Semantics;
import dev.lethe.catalog.SuiteDescriptor;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The tables of {@code docs/methods.md}, each between a comment that names it and the next comment. */
final class MethodsPage {
    private static final Pattern TABLE = Pattern.compile("(<!-- table: (.*?) -->\n).*?(<!-- end -->)", Pattern.DOTALL);

    private MethodsPage() {}

    /** The page with the catalogue's tables in place of those that it has. */
    static String renewed(String page) {
        return TABLE.matcher(page).replaceAll(MethodsPage::renewed);
    }

    private static String renewed(MatchResult found) {
        String[] name = found.group(2).split(" ", 2);
        String table =
                switch (name[0]) {
                    case "objective" ->
                        objective(Catalog.OBJECTIVES.find(name[1]).orElseThrow());
                    case "methods" -> methods(name[1].equals("adapters"));
                    case "suite" -> suite(Catalog.SUITES.find(name[1]).orElseThrow());
                    default -> throw new AssertionError("docs/methods.md: no table of " + found.group(2));
                };
        return Matcher.quoteReplacement(found.group(1) + table + found.group(3));
    }

    private static String objective(ObjectiveDescriptor objective) {
        return head("option", "value", "meaning")
                + objective.options().stream().flatMap(MethodsPage::rows).collect(Collectors.joining());
    }

    private static Stream<String> rows(Option option) {
        String standard = option.standard() == null ? "" : " (" + CatalogSchema.plain(option.standard()) + ")";
        Stream<String> first = Stream.of(row(
                code(option.name()) + standard,
                option.type().expected("").replaceFirst("^one of .*", "a word"),
                option.text()));
        return option.type() instanceof Option.Choice choice
                ? Stream.concat(first, choice.words().stream().map(it -> row("", code(it.name()), it.meaning())))
                : first;
    }

    private static String methods(boolean adapters) {
        return head("method", "semantics", "formula", "options (default)", "source")
                + Catalog.METHODS.all().stream()
                        .filter(it -> it.semantics().equals(Set.of(Semantics.PEFT)) == adapters)
                        .map(MethodsPage::method)
                        .collect(Collectors.joining());
    }

    private static String method(MethodDescriptor method) {
        return row(
                code(method.name()),
                method.semantics().stream().sorted().map(Semantics::text).collect(Collectors.joining(", ")),
                method.formula(),
                method.options().stream().map(MethodsPage::option).collect(Collectors.joining(", ")),
                method.source());
    }

    private static String option(Option option) {
        return option.asField().name()
                + (option.standard() == null ? "" : " (" + CatalogSchema.plain(option.standard()) + ")");
    }

    private static String suite(SuiteDescriptor suite) {
        return head("metric", "good", "what it is", "needs")
                + suite.metrics().stream()
                        .map(it -> row(
                                code(it.name())
                                        + (it.parts().isEmpty()
                                                ? ""
                                                : ", per part: "
                                                        + code("/" + it.parts().getFirst()) + "…"),
                                it.good().words(),
                                it.text(),
                                String.join(", ", it.needs())))
                        .collect(Collectors.joining());
    }

    private static String head(String... cells) {
        return row(cells) + "|" + "---|".repeat(cells.length) + "\n";
    }

    private static String row(String... cells) {
        return Stream.of(cells).map(it -> it.replace("|", "\\|")).collect(Collectors.joining(" | ", "| ", " |\n"));
    }

    private static String code(String text) {
        return "`" + text + "`";
    }

    /** The names of its tables. */
    static List<String> tables(String page) {
        return TABLE.matcher(page).results().map(it -> it.group(2)).toList();
    }
}
