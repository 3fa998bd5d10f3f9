package dev.lethe.merge.recipe;

import dev.lethe.merge.method.Options;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Notes on settings that have surprised users, each once; none is an error. */
final class MergeNotes {
    private static final Set<String> VOTING = Set.of("ties", "dare-ties", "della", "breadcrumbs-ties");

    private final String method;
    private final List<String> notes;
    private final Set<String> said = new HashSet<>();

    MergeNotes(String method, List<String> notes) {
        this.method = method;
        this.notes = notes;
    }

    void note(String note) {
        notes.add(note);
    }

    void leftOut(String tensor) {
        notes.add(tensor + ": left out, since the base does not have it and not every model does");
    }

    void keptBase(String tensor) {
        notes.add(tensor + ": the base's, since not every model has it");
    }

    void consider(String tensor, long size, Options options) {
        boolean normalize = Boolean.TRUE.equals(options.shared().get("normalize"));
        double sum = 0;
        boolean weighted = false;
        for (Map<String, Object> input : options.inputs()) {
            if (input.get("weight") instanceof Number weight) {
                weighted = true;
                sum += weight.doubleValue();
                considerWeight(weight.doubleValue(), normalize);
            }
            if (input.get("density") instanceof Number density
                    && size > 0
                    && density.doubleValue() < 1
                    && (long) (density.doubleValue() * size) == 0) {
                once("density", "%s: a density of %s keeps none of its %d elements".formatted(tensor, density, size));
            }
        }
        if (weighted && normalize && sum == 0) {
            once("sum", "weights that sum to 0 cannot be normalised: where that happens they are not");
        }
    }

    private void considerWeight(double weight, boolean normalize) {
        if (weight < 0 && normalize) {
            once(
                    "negative",
                    "a negative weight with normalize: true turns its sign back where only such inputs agree; "
                            + "normalize: false subtracts");
        }
        if (weight == 0 && VOTING.contains(method)) {
            once("zero", "a model of weight 0 has no part in the vote for the sign");
        }
    }

    private void once(String what, String note) {
        if (said.add(what)) {
            notes.add(note);
        }
    }
}
