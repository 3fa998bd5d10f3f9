package dev.lethe.planner.recipe;

import dev.lethe.api.resource.ObjectiveSpec;
import dev.lethe.api.resource.ObjectiveWeights;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The published defaults of each objective, filled into what a spec leaves unsaid. */
public final class ObjectiveDefaults {
    /** As ZJUKLAB's code has them (SemEval-2025 Task 4), with the weights of the over-forgetting specialist. */
    private static final ObjectiveSpec NPO =
            new ObjectiveSpec("npo", 0.1, "batch-token-mean", "all", null, new ObjectiveWeights(0.4, 0.2, 0.4));

    private static final ObjectiveSpec FT = new ObjectiveSpec("ft", null, null, null, "answer", null);

    private static final Map<String, ObjectiveSpec> BY_TYPE = new TreeMap<>(Map.of("npo", NPO, "ft", FT));

    private ObjectiveDefaults() {}

    /**
     * The objective with every field that its type has.
     *
     * @param field the objective's path, for errors
     * @throws InvalidSpec if the type is unknown
     */
    public static ObjectiveSpec fill(ObjectiveSpec objective, String field) {
        var defaults = BY_TYPE.get(objective.type());
        if (defaults == null) {
            throw new InvalidSpec(
                    field + ".type", "" + objective.type(), "one of " + String.join(", ", BY_TYPE.keySet()));
        }
        return new ObjectiveSpec(
                objective.type(),
                or(objective.beta(), defaults.beta()),
                or(objective.reduction(), defaults.reduction()),
                or(objective.klMask(), defaults.klMask()),
                or(objective.tokens(), defaults.tokens()),
                weights(objective.weights(), defaults.weights()));
    }

    /** {@code first}, with what is absent taken from {@code other}. */
    static @Nullable ObjectiveWeights weights(@Nullable ObjectiveWeights first, @Nullable ObjectiveWeights other) {
        if (first == null || other == null) {
            return or(first, other);
        }
        return new ObjectiveWeights(
                or(first.forget(), other.forget()), or(first.retain(), other.retain()), or(first.kl(), other.kl()));
    }

    private static <T> @Nullable T or(@Nullable T first, @Nullable T second) {
        return first != null ? first : second;
    }
}
