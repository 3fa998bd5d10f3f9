package dev.lethe.merge.combine;

import dev.lethe.merge.method.MajoritySign;
import dev.lethe.merge.safetensors.Dtype;
import org.jspecify.annotations.Nullable;

/**
 * A method for adapters and its options. An option that the method does not have must be null: nothing is ignored in
 * silence.
 *
 * @param method a name of {@link AdapterMergeMethod#names}
 * @param density share of elements that survive trimming, in (0, 1]; methods that trim need it
 * @param majoritySign how signs are elected; null means total, as PEFT has it, where the method elects
 * @param dtype type of the result; null means float32, whatever the inputs' types: so does PEFT unless it is told {@code
 *     autocast_adapter_dtype=False}, which is the inputs' type here
 * @param rank rank of the result of a method that decomposes; null means the largest rank of the inputs
 * @param clamp quantile of the factors' entries at which they are clamped, for methods that decompose
 * @param seed of random methods; null means 0
 */
public record AdapterMergeSettings(
        String method,
        @Nullable Double density,
        @Nullable MajoritySign majoritySign,
        @Nullable Dtype dtype,
        @Nullable Integer rank,
        @Nullable Double clamp,
        @Nullable Long seed) {
    public AdapterMergeSettings(
            String method, @Nullable Double density, @Nullable MajoritySign majoritySign, @Nullable Dtype dtype) {
        this(method, density, majoritySign, dtype, null, null, null);
    }

    /** TIES as in the published recipe. */
    public static AdapterMergeSettings ties(double density) {
        return new AdapterMergeSettings("ties", density, MajoritySign.TOTAL, null);
    }
}
