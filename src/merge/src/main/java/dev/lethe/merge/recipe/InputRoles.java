package dev.lethe.merge.recipe;

import dev.lethe.catalog.MethodDescriptor.Base;
import dev.lethe.merge.InvalidInput;
import dev.lethe.merge.method.Signature;
import dev.lethe.merge.recipe.Recipe.Model;
import dev.lethe.merge.recipe.Recipe.SliceSource;
import dev.lethe.merge.recipe.TensorMapping.Target;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Which sources of a slice are the base and the inputs of a method.
 *
 * @param base index of the base among the sources; −1 where the method has none
 * @param inputs indices of the method's inputs, in its order
 */
record InputRoles(int base, List<Integer> inputs) {
    static InputRoles of(Recipe recipe, Signature signature, Target target) {
        int base = baseOf(recipe, signature, target);
        return new InputRoles(base, inputs(recipe, signature, target, base));
    }

    private static int baseOf(Recipe recipe, Signature signature, Target target) {
        Model base =
                target.slice().base() == null ? recipe.base() : target.slice().base();
        if (signature.base() == Base.NONE) {
            return -1;
        }
        List<SliceSource> sources = target.slice().sources();
        return IntStream.range(0, sources.size())
                .filter(i -> sources.get(i).model().sameAs(base))
                .findFirst()
                .orElse(-1);
    }

    private static List<Integer> inputs(Recipe recipe, Signature signature, Target target, int base) {
        List<SliceSource> sources = target.slice().sources();
        List<Integer> inputs = new ArrayList<>();
        if (signature.base() == Base.FIRST && base >= 0) {
            inputs.add(base);
        }
        for (int i = 0; i < sources.size(); i++) {
            boolean onlySettings = base < 0
                    && i >= given(recipe, target)
                    && sources.get(i).model().sameAs(recipe.base());
            if (i != base && !onlySettings) {
                inputs.add(i);
            }
        }
        return inputs;
    }

    /** How many sources the user named; a base beyond them was added for its settings and its differences. */
    private static int given(Recipe recipe, Target target) {
        return recipe.slices().size() == 1
                ? recipe.slices().getFirst().sources().size()
                : target.slice().sources().size();
    }

    /** The indices of the base and the inputs. */
    List<Integer> all() {
        List<Integer> all = new ArrayList<>(inputs);
        if (base >= 0 && !inputs.contains(base)) {
            all.add(base);
        }
        return all;
    }

    /** Why the method cannot merge these, in one line. */
    Optional<String> problem(Recipe recipe, Signature signature, Target target) {
        if (base < 0 && (signature.base() == Base.REQUIRED || signature.base() == Base.FIRST)) {
            String found = recipe.base() == null ? "none" : "a model that is not among the slice's sources";
            return problem("base", found, "the model that %s starts from".formatted(signature.name()));
        }
        if (inputs.size() < signature.descriptor().least()
                || inputs.size() > signature.descriptor().most()) {
            String expected =
                    signature.descriptor().least() == signature.descriptor().most()
                            ? "exactly " + signature.descriptor().least()
                            : signature.descriptor().most() == Integer.MAX_VALUE
                                    ? "at least " + signature.descriptor().least()
                                    : "from %d to %d"
                                            .formatted(
                                                    signature.descriptor().least(),
                                                    signature.descriptor().most());
            return problem("models", Integer.toString(inputs.size()), expected + " for " + signature.name());
        }
        long distinct = inputs.stream()
                .map(i -> target.slice().sources().get(i).model())
                .distinct()
                .count();
        return distinct == inputs.size() ? Optional.empty() : problem("models", "one model twice", "each model once");
    }

    private static Optional<String> problem(String field, String found, String expected) {
        return Optional.ofNullable(
                InvalidInput.at("merge", field, found, expected).getMessage());
    }
}
