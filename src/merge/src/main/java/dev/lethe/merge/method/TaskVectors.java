package dev.lethe.merge.method;

import dev.lethe.merge.method.Signature.Base;

/** What the methods that merge differences from a base have in common. */
final class TaskVectors {
    static final double ANY = Double.MAX_VALUE;

    private TaskVectors() {}

    static Signature signature(String name, boolean normalize) {
        return Signature.of(
                name,
                Base.REQUIRED,
                Option.each("weight", 1.0, -ANY, ANY),
                Option.flag("normalize", normalize),
                Option.number("lambda", 1.0, -ANY, ANY));
    }

    static Option density() {
        return Option.each("density", 1.0, 0, 1);
    }

    static Option rescale(boolean standard) {
        return Option.flag("rescale", standard);
    }
}
