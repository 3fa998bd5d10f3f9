package dev.lethe.merge.method;

import dev.lethe.catalog.Words;
import dev.lethe.merge.InvalidInput;

/** How TIES elects the sign of an element; an exact tie of the votes elects plus. */
public enum MajoritySign {
    /** The sign of the sum of the values. */
    TOTAL,
    /** The sign that more inputs have. */
    FREQUENCY;

    /** The constant whose name users write in small letters. */
    public static MajoritySign named(String name) {
        return Words.constant(MajoritySign.class, name)
                .orElseThrow(() -> InvalidInput.at("merge", "majoritySign", name, "total or frequency"));
    }

    /** As users write it. */
    public String text() {
        return Words.of(this);
    }
}
