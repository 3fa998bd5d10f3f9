package dev.lethe.api.resource;

import com.fasterxml.jackson.annotation.JsonAnyGetter;
import com.fasterxml.jackson.annotation.JsonAnySetter;
import dev.lethe.catalog.Nesting;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Options of merge methods beyond weight, density and majority sign; docs/methods.md says which method takes which, and
 * what it does without them.
 *
 * @param values by the name of the field: an option's name in camel case
 */
public record MergeParameters(
        @JsonAnySetter @JsonAnyGetter @Catalogued(Catalogued.Sort.MERGE_PARAMETER) Map<String, Object> values) {
    /** Nothing is said. */
    public static final MergeParameters NONE = new MergeParameters(Map.of());

    public MergeParameters {
        values = Nesting.typed(values == null ? Map.of() : values, Catalogued.Sort.MERGE_PARAMETER.options());
    }

    /** What is said of an option; null where nothing is. */
    public @Nullable Object get(String field) {
        return values.get(field);
    }

    /** A word that is said; null where none is. */
    public @Nullable String text(String field) {
        return (String) values.get(field);
    }
}
