package dev.lethe.merge.method;

import dev.lethe.catalog.Named;
import dev.lethe.catalog.Semantics;
import dev.lethe.merge.InvalidInput;
import java.util.Collections;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/** The methods by name: one line for each. */
public final class Methods {
    private static final SortedMap<String, MergeMethod> LETHE = byName(Stream.of(
            new Linear(false),
            new TaskArithmetic(),
            new Ties(false),
            new Dare(false, false),
            new Dare(true, false),
            new Della(false, false),
            new Della(true, false),
            new Breadcrumbs(false),
            new Breadcrumbs(true),
            new MagnitudePrune(),
            new Slerp(),
            new NuSlerp(),
            new MultiSlerp(),
            new Karcher(),
            new Sce(),
            new ModelStock(),
            new NearSwap(),
            new ArceeFusion(),
            new Ram(),
            new NegMerge(),
            new Passthrough()));

    private static final SortedMap<String, MergeMethod> MERGEKIT = mergekit();

    private static final SortedMap<String, MergeMethod> PEFT =
            byName(Stream.of("linear", "magnitude-prune", "ties", "dare-linear", "dare-ties")
                    .map(PeftMethod::new));

    private static final SortedMap<String, MergeMethod> PAPER = byName(Stream.of(
            new PaperTies(),
            new TaskArithmetic(),
            new Dare(false, false),
            new Dare(true, false),
            new NegMerge(),
            new ModelStock()));

    private static final Map<Semantics, SortedMap<String, MergeMethod>> ALL = Map.of(
            Semantics.LETHE, LETHE,
            Semantics.MERGEKIT, MERGEKIT,
            Semantics.PEFT, PEFT,
            Semantics.PAPER, PAPER);

    private Methods() {}

    /**
     * The method of a name.
     *
     * @param name with hyphens or, as in mergekit, with underscores
     * @throws InvalidInput where these semantics have no such method
     */
    public static MergeMethod named(String name, Semantics semantics) {
        MergeMethod method = methods(semantics).get(canonical(name));
        if (method == null) {
            String expected = "one of %s, which semantics %s has"
                    .formatted(String.join(", ", names(semantics)), semantics.text());
            throw InvalidInput.at("merge", "method", name, expected);
        }
        return method;
    }

    /** @throws InvalidInput where there are none of that name */
    public static Semantics semantics(String name) {
        return Semantics.named(name)
                .orElseThrow(() -> InvalidInput.at("merge", "semantics", name, Named.oneOf(Semantics.names(), name)));
    }

    /** A method's name as documented, whichever way a user writes it. */
    public static String canonical(String name) {
        return name.toLowerCase(Locale.ROOT).replace('_', '-');
    }

    public static SortedSet<String> names(Semantics semantics) {
        return Collections.unmodifiableSortedSet(
                new TreeSet<>(methods(semantics).keySet()));
    }

    private static SortedMap<String, MergeMethod> methods(Semantics semantics) {
        SortedMap<String, MergeMethod> methods = ALL.get(semantics);
        if (methods == null) {
            throw new IllegalStateException("no methods for " + semantics);
        }
        return methods;
    }

    /** As ours, but for what mergekit does otherwise. */
    private static SortedMap<String, MergeMethod> mergekit() {
        SortedMap<String, MergeMethod> methods = new TreeMap<>(LETHE);
        methods.remove("negmerge");
        methods.remove("magnitude-prune");
        methods.putAll(byName(Stream.of(
                new Linear(true),
                new Ties(true),
                new Dare(false, true),
                new Dare(true, true),
                new Della(false, true),
                new Della(true, true))));
        return Collections.unmodifiableSortedMap(methods);
    }

    private static SortedMap<String, MergeMethod> byName(Stream<? extends MergeMethod> methods) {
        SortedMap<String, MergeMethod> byName = new TreeMap<>();
        methods.forEach(method -> byName.put(method.signature().name(), method));
        return byName;
    }
}
