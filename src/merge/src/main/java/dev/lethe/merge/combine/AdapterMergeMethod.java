package dev.lethe.merge.combine;

import dev.lethe.catalog.Catalog;
import dev.lethe.catalog.Descriptor;
import dev.lethe.catalog.Semantics;
import dev.lethe.merge.InvalidInput;
import dev.lethe.merge.method.MajoritySign;
import dev.lethe.merge.method.MergeMethod;
import dev.lethe.merge.method.Methods;
import dev.lethe.merge.method.Options;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A method that merges several adapters into one, with PEFT's formulas ({@code add_weighted_adapter}, release 0.21).
 *
 * <ul>
 *   <li>{@code linear}, {@code magnitude-prune}, {@code ties}, {@code dare-linear}, {@code dare-ties}: A and B apart.
 *       With s = weight · scaling, A is weighted with sgn(s)·√|s| and B with √|s|; the product has cross terms and is
 *       not the weighted sum of the products
 *   <li>{@code cat}: the factors concatenated along the rank, which is exactly the weighted sum of the products
 *   <li>{@code svd}: the weighted sum of the products, decomposed and truncated to a rank
 *   <li>{@code NAME-svd}: the products merged by one of the first line, decomposed and truncated to a rank
 * </ul>
 *
 * @param kind how the factors are treated
 * @param tensors what merges tensors; for {@code cat} and {@code svd} their weighted sum
 * @param settings complete and checked
 */
record AdapterMergeMethod(Kind kind, MergeMethod tensors, AdapterMergeSettings settings) {
    private static final String SVD_SUFFIX = "-svd";
    private static final String WHERE = "merge";

    /** How the factors are treated. */
    enum Kind {
        FACTORS,
        CAT,
        SVD
    }

    /** @throws InvalidInput where the name is unknown, or an option is missing, out of bounds or of another method */
    static AdapterMergeMethod of(AdapterMergeSettings settings) {
        String name = Methods.canonical(settings.method());
        if (!names().contains(name)) {
            throw InvalidInput.at(WHERE, "method", settings.method(), "one of " + String.join(", ", names()));
        }
        Kind kind = name.equals("cat") ? Kind.CAT : name.endsWith("svd") ? Kind.SVD : Kind.FACTORS;
        String inner = name.equals("cat") || name.equals("svd") ? "linear" : name.replace(SVD_SUFFIX, "");
        AdapterMergeMethod method = new AdapterMergeMethod(kind, Methods.named(inner, Semantics.PEFT), settings);
        method.check();
        return method;
    }

    /** The names of all methods, sorted. */
    static SortedSet<String> names() {
        return Catalog.METHODS.all().stream()
                .filter(it -> it.semantics().contains(Semantics.PEFT))
                .map(Descriptor::name)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private void check() {
        Double density = settings.density();
        boolean trims = has("density");
        if (trims && (density == null || !(density > 0 && density <= 1))) {
            throw InvalidInput.at(WHERE, "density", String.valueOf(density), "a number above 0 and at most 1");
        }
        refuse("density", density, trims);
        refuse("majoritySign", settings.majoritySign(), has("majoritySign"));
        refuse("rank", settings.rank(), kind == Kind.SVD);
        refuse("clamp", settings.clamp(), kind == Kind.SVD);
        refuse("seed", settings.seed(), tensors.signature().name().startsWith("dare"));
        if (settings.clamp() != null && !(settings.clamp() > 0 && settings.clamp() <= 1)) {
            throw InvalidInput.at(WHERE, "clamp", settings.clamp().toString(), "a number above 0 and at most 1");
        }
        if (settings.rank() != null && settings.rank() < 1) {
            throw InvalidInput.at(WHERE, "rank", settings.rank().toString(), "an integer of at least 1");
        }
    }

    private boolean has(String option) {
        return tensors.signature().descriptor().has(option);
    }

    private void refuse(String option, @Nullable Object value, boolean used) {
        if (value != null && !used) {
            String expected = "nothing: method %s does not use it".formatted(settings.method());
            throw InvalidInput.at(WHERE, option, value.toString(), expected);
        }
    }

    /** The options of the tensors' method. */
    Options options(double[] weights) {
        Map<String, Object> shared = new HashMap<>();
        if (has("majoritySign")) {
            MajoritySign sign = settings.majoritySign();
            shared.put("majoritySign", sign == null ? MajoritySign.TOTAL : sign);
        }
        List<Map<String, Object>> inputs = new ArrayList<>();
        for (double weight : weights) {
            Map<String, Object> input = new HashMap<>(Map.of("weight", weight));
            if (settings.density() != null) {
                input.put("density", settings.density());
            }
            inputs.add(input);
        }
        return new Options(shared, inputs);
    }

    long seed() {
        Long seed = settings.seed();
        return seed == null ? 0 : seed;
    }
}
