package dev.lethe.merge.method;

import dev.lethe.catalog.Semantics;

/** {@code passthrough}: one input as it is, or times {@code scale}. For stacking layers of models. */
record Passthrough() implements MergeMethod {
    @Override
    public Signature signature() {
        return Signature.of("passthrough", Semantics.LETHE);
    }

    @Override
    public PreparedMerge prepare(TensorGroup group, Scan scan) {
        float scale = (float) group.options().numbers("scale")[0];
        Rounding rounding = Rounding.of(group);
        return ElementwiseMerge.values(group, capacity -> (base, inputs, count, merged) -> {
            System.arraycopy(inputs[0], 0, merged, 0, count);
            if (scale != 1) {
                rounding.scale(merged, scale, count);
            }
            return 0;
        });
    }
}
