package dev.lethe.weights.merge;

import dev.lethe.weights.InvalidInput;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Hands the options of settings to a method, checks them, and knows which ones no one asked for. */
final class MergeOptions {
    private static final String WHERE = "merge";

    private final MergeSettings settings;
    private final Set<String> used = new HashSet<>();

    MergeOptions(MergeSettings settings) {
        this.settings = settings;
    }

    double density() {
        used.add("density");
        Double density = settings.density();
        if (density == null || !(density > 0 && density <= 1)) {
            throw InvalidInput.at(WHERE, "density", String.valueOf(density), "a number above 0 and at most 1");
        }
        return density;
    }

    MajoritySign majoritySign() {
        used.add("majoritySign");
        return settings.majoritySign() == null ? MajoritySign.TOTAL : settings.majoritySign();
    }

    void refuseUnused() {
        refuseUnused("density", settings.density());
        refuseUnused("majoritySign", settings.majoritySign());
    }

    private void refuseUnused(String option, @Nullable Object value) {
        if (value != null && !used.contains(option)) {
            throw InvalidInput.at(
                    WHERE, option, value.toString(), "nothing: method %s does not use it".formatted(settings.method()));
        }
    }
}
