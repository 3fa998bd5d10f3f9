package dev.lethe.api.resource;

import com.fasterxml.jackson.annotation.JsonAnyGetter;
import com.fasterxml.jackson.annotation.JsonAnySetter;
import dev.lethe.catalog.Nesting;
import java.util.Map;

/**
 * The loss that a specialist minimises. Which fields apply depends on {@code type}; an absent one has the objective's
 * published default.
 *
 * @param type the objective's name
 * @param options what is set, as the document has it: {@code beta}, {@code weights: {kl}}, …
 */
public record ObjectiveSpec(
        @Catalogued(Catalogued.Sort.OBJECTIVE) String type,
        @JsonAnySetter @JsonAnyGetter @Catalogued(Catalogued.Sort.OBJECTIVE) Map<String, Object> options) {
    /** The object of the loss terms' weights. */
    public static final String WEIGHTS = "weights";

    public ObjectiveSpec {
        options = Nesting.typed(options == null ? Map.of() : options, Catalogued.Sort.OBJECTIVE.options());
    }

    /** The same, with the weights of another that this one does not have. */
    public ObjectiveSpec orWeightsOf(ObjectiveSpec other) {
        return new ObjectiveSpec(type, Nesting.orElse(options, other.options, WEIGHTS));
    }

    /** The objective with its published defaults. */
    public static ObjectiveSpec of(String type) {
        return new ObjectiveSpec(type, Map.of());
    }
}
