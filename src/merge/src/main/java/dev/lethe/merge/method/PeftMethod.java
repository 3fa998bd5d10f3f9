package dev.lethe.merge.method;

import dev.lethe.catalog.Semantics;
import java.util.Arrays;
import java.util.List;

/**
 * PEFT's merges of tensors ({@code peft.utils.merge_utils}, release 0.21): prune each tensor, then the weighted sum or
 * the {@link DisjointMean}. No base: the tensors are differences already. Equal to the bit for up to four inputs
 * without equal magnitudes at the threshold; the random numbers are ours.
 *
 * @param name {@code linear}, {@code magnitude-prune}, {@code ties}, {@code dare-linear} or {@code dare-ties}
 */
record PeftMethod(String name) implements MergeMethod {
    @Override
    public Signature signature() {
        Signature signature = Signature.of(name, Semantics.PEFT);
        return name.equals("linear") ? signature : signature.passes(4);
    }

    @Override
    public PreparedMerge prepare(TensorGroup group, Scan scan) {
        List<? extends Mask> masks =
                switch (name) {
                    case "linear" -> ElementwiseMerge.unmasked(group);
                    case "dare-linear", "dare-ties" -> RandomMask.of(group, true);
                    default -> TopKMask.ofDensity(group, scan, false);
                };
        BlockKernel.Factory kernel = name.endsWith("ties")
                ? DisjointMean.of(
                        group, group.options().constant("majoritySign", MajoritySign.class) == MajoritySign.FREQUENCY)
                : sum(group);
        return new ElementwiseMerge(group, false, masks, Chunking.BLOCK, kernel);
    }

    /** Σ wᵢ·tᵢ in float32, in the order of the inputs. */
    private static BlockKernel.Factory sum(TensorGroup group) {
        double[] weights = group.options().numbers("weight");
        return capacity -> (base, inputs, count, merged) -> {
            Arrays.fill(merged, 0, count, 0);
            for (int i = 0; i < inputs.length; i++) {
                Linear.addScaled(inputs[i], (float) weights[i], count, merged);
            }
            return 0;
        };
    }
}
