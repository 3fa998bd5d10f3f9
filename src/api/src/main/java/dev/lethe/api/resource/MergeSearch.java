package dev.lethe.api.resource;

import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Size;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which merges are tried, and what the best one must keep. Part of the rows is held out of the search: the merge that it chooses
 * is measured on them once, so that a choice that fits only its own rows shows.
 *
 * @param trials most merges that are measured, 40 when absent
 * @param methods that are tried beside each specialist alone: {@code ties}, {@code linear} and {@code cat} when absent
 * @param densities that {@code ties} is tried with, 0.6, 0.8 and 1 when absent
 * @param holdOut share of the rows that the search does not see, 0.5 when absent; by digest of what they say
 * @param forgetExact most of a forget row's answer that the merge may still say itself, token by token, as a mean over the rows,
 *     and of any one row twice that; 0.25 when absent
 * @param retainShare least share of the base's exact memorisation and of its answers' probability that must stay on retain
 *     rows, 0.95 when absent
 */
public record MergeSearch(
        @Min(1) @Max(1000) @Nullable Integer trials,
        @OneOf({"ties", "linear", "cat"}) @Size(min = 1, max = 3) @Nullable List<String> methods,
        @Size(min = 1, max = 8) @Nullable List<@Min(value = 0, inclusive = false) @Max(1) Double> densities,
        @Min(0) @Max(0.9) @Nullable Double holdOut,
        @Min(0) @Max(1) @Nullable Double forgetExact,
        @Min(0) @Max(1) @Nullable Double retainShare) {
    /** These settings, with what is absent taken from {@code other}. */
    public MergeSearch orElse(MergeSearch other) {
        return new MergeSearch(
                trials != null ? trials : other.trials,
                methods != null ? methods : other.methods,
                densities != null ? densities : other.densities,
                holdOut != null ? holdOut : other.holdOut,
                forgetExact != null ? forgetExact : other.forgetExact,
                retainShare != null ? retainShare : other.retainShare);
    }
}
