package dev.lethe.merge.method;

import dev.lethe.merge.InvalidInput;
import java.util.Arrays;
import java.util.Locale;

/** How TIES elects the sign of an element; an exact tie of the votes elects plus. */
public enum MajoritySign {
    /** The sign of the sum of the values. */
    TOTAL,
    /** The sign that more inputs have. */
    FREQUENCY;

    /** The constant whose name users write in small letters. */
    public static MajoritySign named(String name) {
        return Arrays.stream(values())
                .filter(sign -> sign.text().equals(name))
                .findAny()
                .orElseThrow(() -> InvalidInput.at("merge", "majoritySign", name, "total or frequency"));
    }

    /** As users write it. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
