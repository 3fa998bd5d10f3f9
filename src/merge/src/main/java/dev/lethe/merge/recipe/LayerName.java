package dev.lethe.merge.recipe;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A tensor's name, split at its first number: {@code model.layers.7.mlp.up_proj.weight}. There is no list of
 * architectures: a tensor with a number in its name is in a layer.
 *
 * @param before what comes before the number, with its dot
 * @param after what comes after it, with its dot
 */
record LayerName(String before, int layer, String after) {
    /** No group is repeated: a name of many parts would take a stack frame for each. */
    private static final Pattern NUMBERED = Pattern.compile("(|.*?\\.)(\\d{1,6})(\\..*)");

    static Optional<LayerName> of(String tensor) {
        Matcher matcher = NUMBERED.matcher(tensor);
        return matcher.matches()
                ? Optional.of(new LayerName(matcher.group(1), Integer.parseInt(matcher.group(2)), matcher.group(3)))
                : Optional.empty();
    }

    LayerName at(int other) {
        return new LayerName(before, other, after);
    }

    String text() {
        return before + layer + after;
    }
}
