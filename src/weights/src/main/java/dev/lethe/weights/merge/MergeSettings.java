package dev.lethe.weights.merge;

import dev.lethe.weights.safetensors.Dtype;
import org.jspecify.annotations.Nullable;

/**
 * A method and its options. An option that the method does not have must be null: nothing is ignored in silence.
 *
 * @param method a name of {@link MergeMethod#names}
 * @param density share of elements that survive trimming, in (0, 1]; methods that trim need it
 * @param majoritySign how signs are elected; null means total, as PEFT has it, where the method elects
 * @param dtype type of the result; null means the type of the first input. PEFT loads 16-bit adapters as float32 unless
 *     told otherwise, which is {@code F32} here
 */
public record MergeSettings(
        String method, @Nullable Double density, @Nullable MajoritySign majoritySign, @Nullable Dtype dtype) {
    /** TIES as in the published recipe. */
    public static MergeSettings ties(double density) {
        return new MergeSettings("ties", density, MajoritySign.TOTAL, null);
    }
}
