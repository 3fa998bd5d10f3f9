package dev.lethe.api.resource;

import com.fasterxml.jackson.annotation.JsonAnyGetter;
import com.fasterxml.jackson.annotation.JsonAnySetter;
import dev.lethe.catalog.Catalog;
import dev.lethe.catalog.Nesting;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One suite of an evaluation.
 *
 * @param name the suite's name
 * @param settings what is set, by name: options, and what the suite reads as {@link Source}
 */
public record SuiteSpec(
        @Catalogued(Catalogued.Sort.SUITE) String name,
        @JsonAnySetter @JsonAnyGetter @Catalogued(Catalogued.Sort.SUITE) Map<String, Object> settings) {
    public SuiteSpec {
        Map<String, Object> typed = new TreeMap<>(settings == null ? Map.of() : settings);
        Catalog.SUITE_INPUTS.forEach(input -> typed.computeIfPresent(input.name(), (key, it) -> source(it)));
        settings = Nesting.typed(typed, Catalogued.Sort.SUITE.options());
    }

    private static Source source(Object given) {
        if (given instanceof Map<?, ?> map && map.get("uri") instanceof String uri) {
            return new Source(uri, map.get("digest") instanceof String digest ? digest : null);
        }
        if (given instanceof Source source) {
            return source;
        }
        throw new IllegalArgumentException("found " + given + ", expected a source: uri, and a digest where wanted");
    }

    /** The suite with the official settings and nothing that may be absent. */
    public static SuiteSpec of(String name) {
        return new SuiteSpec(name, Map.of());
    }

    /** What the suite reads as that input. */
    public @Nullable Source source(String input) {
        return settings.get(input) instanceof Source source ? source : null;
    }

    /** Everything that the suite reads, by role: {@code SUITE/members}, {@code SUITE/nonMembers}, {@code SUITE/mmlu}. */
    public Map<String, Source> sources() {
        var sources = new TreeMap<String, Source>();
        settings.forEach((key, it) -> {
            if (it instanceof Source source) {
                sources.put(name + "/" + key, source);
            }
        });
        return sources;
    }

    /** What is set but for what the suite reads. */
    public Map<String, Object> options() {
        return settings.entrySet().stream()
                .filter(it -> !(it.getValue() instanceof Source))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    /** The same, with these options in place of its own. */
    public SuiteSpec withOptions(Map<String, Object> options) {
        var all = new TreeMap<>(settings);
        all.putAll(options);
        return new SuiteSpec(name, all);
    }

    /** The same, whose sources must have these digests, by role. */
    public SuiteSpec pinned(Map<String, String> digests) {
        return withSources((input, source) -> source.pinned(digests.get(name + "/" + input)));
    }

    SuiteSpec withUris(UnaryOperator<String> change) {
        return withSources((input, source) -> source.withUri(change));
    }

    private SuiteSpec withSources(BiFunction<String, Source, Source> change) {
        var all = new TreeMap<>(settings);
        all.replaceAll((key, it) -> it instanceof Source source ? change.apply(key, source) : it);
        return new SuiteSpec(name, all);
    }
}
