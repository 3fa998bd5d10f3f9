package dev.lethe.merge.method;

import dev.lethe.catalog.MethodDescriptor;
import dev.lethe.catalog.MethodDescriptor.Base;
import dev.lethe.catalog.Option;
import dev.lethe.catalog.Semantics;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/** A method as docs/extending.md has it: θ₀ + share·(θ₁ − θ₀). */
record HalfWay() implements MergeMethod {
    private static final MethodDescriptor DESCRIPTOR = new MethodDescriptor(
            "half-way",
            Set.of(Semantics.LETHE),
            "A share of the way from the base to one model.",
            "θ₀ + share·δ₁",
            Base.REQUIRED,
            1,
            1,
            List.of(Option.number("share", 0.5, 0, 1, "The share of the way.")),
            "this test",
            "0.1");

    @Override
    public Signature signature() {
        return new Signature(DESCRIPTOR, 1, false);
    }

    @Override
    public PreparedMerge prepare(TensorGroup group, Scan scan) {
        float share = (float) group.options().number("share");
        return ElementwiseMerge.differences(
                group, ElementwiseMerge.unmasked(group), capacity -> (base, inputs, count, merged) -> {
                    for (int i = 0; i < count; i++) {
                        merged[i] = Objects.requireNonNull(base)[i] + share * inputs[0][i];
                    }
                    return 0;
                });
    }
}
